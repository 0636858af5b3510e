//! A server of the binary that runs on a data folder, and a bank that is founded at it: what the suites of `serve` ask.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::databases::database_of;
use crate::dualtrack::{Ran, command, folder, repository};

/// A server that runs on a data folder.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) link: Option<String>,
}

pub(crate) const PASSWORD: &str = "a fair wind from Lantau";

impl Server {
    pub(crate) fn start(place: &Path, data: &str) -> Self {
        Self::start_with(place, data, &[])
    }

    /// The same with variables of its environment.
    pub(crate) fn start_with(place: &Path, data: &str, environment: &[(&str, &str)]) -> Self {
        let mut serve = command(place);
        serve.args(["serve", "--data", data, "--listen", "127.0.0.1:0"]);
        // The variables name a database themselves, or it is that of the folder.
        if let Some(database) = database_of(place, data) {
            serve.env("DUALTRACK_DATABASE", database);
        }
        serve.envs(environment.iter().copied());
        Self::started(serve)
    }

    /// A server as this command starts it.
    pub(crate) fn started(mut serve: Command) -> Self {
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = None;
        let mut link = None;
        let begun = Instant::now();
        while address.is_none() {
            let Some(line) = lines.next() else {
                let output = child.wait_with_output().unwrap();
                panic!("the server ended: {}", String::from_utf8_lossy(&output.stderr));
            };
            let line = line.unwrap();
            address = line.strip_prefix("serving at ").map(ToOwned::to_owned);
            assert!(begun.elapsed() < Duration::from_mins(1), "the server does not start");
        }
        let address = address.unwrap();
        // The link follows at once on a first start; whether there is one is asked of the page.
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if line.contains("/link#") {
                    let _ = sender.send(line.trim().to_owned());
                }
            }
        });
        if let Ok(found) = receiver.recv_timeout(Duration::from_millis(700)) {
            link = Some(found);
        }
        Self { child, address, link }
    }

    /// As by `kill -9`.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As a service manager ends it.
    pub(crate) fn end(mut self) {
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
    }

    /// What it answers to somebody with a token who sends a value.
    pub(crate) fn post(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = agent()
            .post(format!("{}{path}", self.address))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        answered(request.send(body.to_string()).unwrap())
    }

    /// What it answers to somebody with a token who asks; what is no JSON as one text.
    pub(crate) fn get(&self, token: &str, path: &str) -> (u16, Value) {
        let request = agent().get(format!("{}{path}", self.address));
        answered(request.header("authorization", format!("Bearer {token}")).call().unwrap())
    }
}

/// Asks servers, and takes every status for an answer.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn answered(mut answer: ureq::http::Response<ureq::Body>) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_string().unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Runs the binary against a server, with a token and something on standard input.
pub(crate) fn run(place: &Path, server: &Server, token: &str, arguments: &[&str], input: &str) -> Ran {
    let mut child = command(place)
        .args(arguments)
        .env("DUALTRACK_SERVER", &server.address)
        .env("DUALTRACK_TOKEN", token)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Ran::of(&output)
}

/// Runs the binary against no server, where it works with the folder `data`.
pub(crate) fn run_alone(place: &Path, arguments: &[&str]) -> Ran {
    run_alone_on(place, "data", arguments)
}

/// Runs the binary against no server, with the tables of this data folder.
pub(crate) fn run_alone_on(place: &Path, data: &str, arguments: &[&str]) -> Ran {
    let mut alone = command(place);
    if let Some(database) = database_of(place, data) {
        alone.env("DUALTRACK_DATABASE", database);
    }
    Ran::of(&alone.args(arguments).output().unwrap())
}

/// A token of the administrator.
pub(crate) fn made_token(place: &Path, server: &Server) -> String {
    let scopes = "found-record,export-record,invite-person,grant-role,view-use,view-record,view-audit-trail,suspend,open-incident,manage-tasks,import-portfolio,view-person,view-model,view-provider";
    let token = ["account", "token", "--name", "administrator", "--scopes", scopes];
    run(place, server, "", &token, PASSWORD).well().out.trim().to_owned()
}

/// A new token of somebody who has an account.
pub(crate) fn token_of(place: &Path, server: &Server, name: &str) -> String {
    let token = run(place, server, "", &["account", "token", "--name", name], PASSWORD).well();
    token.out.trim().to_owned()
}

/// A bank that is founded, with the token of its administrator.
pub(crate) struct Bank {
    pub(crate) place: TempDir,
    pub(crate) server: Server,
    pub(crate) token: String,
}

impl Bank {
    pub(crate) fn founded() -> Self {
        Self::founded_on(&[])
    }

    /// A bank whose server is started with these variables of its environment.
    pub(crate) fn founded_on(environment: &[(&str, &str)]) -> Self {
        let bank = Self::empty_on(environment);
        let example = repository().join("examples/harbour-bank");
        let founded = bank.run(&["apply", "--found", example.to_str().unwrap()]).well();
        assert!(founded.out.starts_with("documents applied "), "{}", founded.out);
        bank
    }

    /// The same with an empty record.
    pub(crate) fn empty_on(environment: &[(&str, &str)]) -> Self {
        let place = folder();
        let server = Server::start_with(place.path(), "data", environment);
        let link = server.link.clone().expect("a first start prints a link");
        run(place.path(), &server, "", &["account", "accept", &link], PASSWORD).well();
        let token = made_token(place.path(), &server);
        Self { place, server, token }
    }

    /// The same bank at another server.
    pub(crate) fn at(self, server: impl FnOnce(&Path, Server) -> Server) -> Self {
        let Self { place, server: before, token } = self;
        let server = server(place.path(), before);
        Self { place, server, token }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        run(self.place.path(), &self.server, &self.token, arguments, "")
    }

    /// A link with which a person sets her first password.
    pub(crate) fn link_for(&self, person: &str) -> String {
        let body = json!({ "person": person, "name": person });
        let (status, answer) = self.server.post(&self.token, "/api/v1/actions/open-account", &body);
        assert_eq!(status, 200, "{answer}");
        answer["invitation"]["link"].as_str().unwrap().to_owned()
    }

    /// Runs the binary as a business owner, who gets an account for it.
    pub(crate) fn run_as_owner(&self, arguments: &[&str]) -> Ran {
        let token = self.token_of("wong-ka-wing");
        run(self.place.path(), &self.server, &token, arguments, "")
    }

    /// A token of somebody who gets an account for it.
    pub(crate) fn token_of(&self, person: &str) -> String {
        let link = self.link_for(person);
        run(self.place.path(), &self.server, "", &["account", "accept", &link], PASSWORD).well();
        token_of(self.place.path(), &self.server, person)
    }

    /// What a person does after a fresh sign-in, with her password on standard input.
    pub(crate) fn run_as(&self, name: &str, arguments: &[&str]) -> Ran {
        let all: Vec<&str> = arguments.iter().copied().chain(["--as", name]).collect();
        run(self.place.path(), &self.server, "", &all, PASSWORD)
    }

    /// Where its server is reached.
    pub(crate) fn address(&self) -> &str {
        &self.server.address
    }

    /// Ends its server.
    pub(crate) fn end(self) {
        self.server.end();
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.place.path().join(path)
    }
}
