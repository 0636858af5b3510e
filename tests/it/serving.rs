//! `dualtrack serve` as an institution runs it: first start, files, people, `kill -9`, backup, a second server.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::dualtrack::{Ran, command, folder, repository};

/// A server that runs on a data folder.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
    link: Option<String>,
}

pub(crate) const PASSWORD: &str = "a fair wind from Lantau";
const MINUTES: &str = "The committee saw the test of fair answers.";
const SEEN: &str = "schema: dualtrack.evidence/1
evidence:
  - id: minutes-of-november
    kind: risk-assessment
    about: {use: client-assistant}
    controls: [fstb-2024.risk-based-approach]
    statement: {en: The committee saw it., zh-Hant: 委員會已審閱。}
    by: wong-ka-wing
    on: 2026-11-01
    expires: 2027-10-31
    files: [minutes.txt]
";

impl Server {
    pub(crate) fn start(place: &Path, data: &str) -> Self {
        Self::start_with(place, data, &[])
    }

    /// The same with variables of its environment.
    pub(crate) fn start_with(place: &Path, data: &str, environment: &[(&str, &str)]) -> Self {
        let mut serve = command(place);
        serve.args(["serve", "--data", data, "--listen", "127.0.0.1:0"]).envs(environment.iter().copied());
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
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A token of the administrator.
pub(crate) fn made_token(place: &Path, server: &Server) -> String {
    let scopes = "found-record,export-record,invite-person,grant-role,view-use,view-record,view-audit-trail,suspend,open-incident,manage-tasks,import-portfolio,view-person,view-model,view-provider";
    let token = ["account", "token", "--name", "administrator", "--scopes", scopes];
    run(place, server, "", &token, PASSWORD).well().out.trim().to_owned()
}

/// A new token of somebody who has an account.
fn token_of(place: &Path, server: &Server, name: &str) -> String {
    let token = run(place, server, "", &["account", "token", "--name", name], PASSWORD).well();
    token.out.trim().to_owned()
}

/// What the server answers to somebody: the status and the body.
fn get(server: &Server, token: &str, path: &str) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let asked = agent.get(format!("{}{path}", server.address));
    let mut answer = asked.header("authorization", format!("Bearer {token}")).call().unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

/// What the server answers to what somebody hands in.
fn post(server: &Server, token: &str, path: &str, body: &Value) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let asked = agent
        .post(format!("{}{path}", server.address))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    let mut answer = asked.send(body.to_string()).unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap())
}

/// The cookie of somebody who signs in.
fn cookie_of(server: &Server, name: &str) -> String {
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    let asked =
        agent.post(format!("{}/api/v1/sign-in", server.address)).header("content-type", "application/json");
    let answer = asked.send(json!({ "name": name, "password": PASSWORD }).to_string()).unwrap();
    answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

/// Whether a cookie is somebody's.
fn lets_in(server: &Server, cookie: &str) -> bool {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let asked = agent.get(format!("{}/api/v1/me", server.address)).header("cookie", cookie);
    asked.call().unwrap().status().as_u16() == 200
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
    fn link_for(&self, person: &str) -> String {
        let body = json!({ "person": person, "name": person });
        let (status, answer) = post(&self.server, &self.token, "/api/v1/actions/open-account", &body);
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

    /// What the server answers to somebody with a token who sends a value.
    pub(crate) fn post(&self, token: &str, path: &str, body: &Value) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = agent
            .post(format!("{}{path}", self.server.address))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        answered(request.send(body.to_string()).unwrap())
    }

    /// What the server answers to somebody with a token who asks.
    pub(crate) fn get(&self, token: &str, path: &str) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = agent.get(format!("{}{path}", self.server.address));
        answered(request.header("authorization", format!("Bearer {token}")).call().unwrap())
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

fn answered(mut answer: ureq::http::Response<ureq::Body>) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_string().unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[test]
fn a_bank_is_founded_exported_and_planned_without_a_difference() {
    let bank = Bank::founded();
    let example = repository().join("examples/harbour-bank");
    let plan = bank.run(&["plan", example.to_str().unwrap()]).well();
    assert!(plan.out.ends_with("to apply 0 · the same 109 · only on record 1\n"), "{}", plan.out);
    bank.run(&["export", "as-files"]).well();
    let diff = bank.run(&["diff", "as-files"]).well();
    assert!(diff.out.ends_with("only on record 0\n"), "{}", diff.out);
    // A change in a file is a change of that field and of nothing else.
    let path = bank.path("as-files/uses/client-assistant.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("Client assistant", "Customer assistant")).unwrap();
    let diff = bank.run(&["diff", "as-files"]);
    assert_eq!(diff.code, 1);
    assert!(diff.out.contains("~ use/client-assistant\n    /name/en\n      - \"Client assistant\"\n      + \"Customer assistant\"\n"), "{}", diff.out);
    bank.server.end();
}

/// Numbers drawn by chance, the same in every run, so that what failed fails again (`SplitMix64`).
struct Drawn(u64);

impl Drawn {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// An action of an administrator (0) or a compliance officer (1): its name, the document that it brings, and what is
    /// sent.
    fn action(&mut self, id: &str) -> (&'static str, String, usize, Value) {
        let uses =
            ["client-assistant", "credit-card-default", "research-assistant", "transaction-monitoring"];
        let of = uses[usize::try_from(self.next() % 4).unwrap()];
        let (name, zh) = (format!("Number {id}"), format!("{id}號"));
        let both = json!({ "en": name, "zh-Hant": zh });
        match self.next() % 9 {
            0 | 1 => (
                "give-task",
                format!("task/task-{id}@"),
                0,
                json!({ "id": format!("task-{id}"), "use": of, "assignee": "siu-ka-lok", "what": name }),
            ),
            2 => (
                "open-incident",
                format!("incident/incident-{id}@"),
                1,
                json!({
                    "id": format!("incident-{id}"), "uses": [of], "title": name, "severity": "low",
                    "discovered": "2026-01-01T00:00:00Z",
                }),
            ),
            3 => (
                "register-use",
                format!("use/use-{id}@"),
                1,
                json!({ "document": {
                    "schema": "dualtrack.use/1", "id": format!("use-{id}"), "name": both, "entity": "harbour-bank",
                    "purpose": both, "purposes": ["customer-support"], "decides": both, "affects": both,
                    "stage": "idea", "stage_since": "2026-01-01", "coverage": "attested",
                    "people": { "owners": ["mok-lai-sheung"] },
                } }),
            ),
            4 => (
                "change-foundation",
                format!("contract/contract-{id}@"),
                1,
                json!({ "given": { "kind": "contract", "document": {
                    "schema": "dualtrack.contract/1", "id": format!("contract-{id}"), "provider": "lantau-models",
                    "entity": "harbour-bank", "reference": name, "starts": "2026-01-01", "owner": "mok-lai-sheung",
                } } }),
            ),
            5 => (
                "invite-person",
                format!("person/person-{id}@"),
                0,
                json!({ "document": { "id": format!("person-{id}"), "name": both, "roles": ["developer"] } }),
            ),
            6 => (
                "add-candidates",
                format!("candidate/candidate-{id}@"),
                1,
                json!({ "documents": [{
                    "schema": "dualtrack.candidate/1", "id": format!("candidate-{id}"), "service": "ChatGPT",
                    "source": "proxy", "first_seen": "2025-11-01", "last_seen": "2025-11-02", "times": 3,
                }] }),
            ),
            7 => {
                // So many documents that they take more than one entry: they count together, or not at all.
                let documents = (0..70).map(|part| json!({
                    "schema": "dualtrack.candidate/1", "id": format!("many-{id}-{part}"), "service": "ChatGPT",
                    "source": "expense", "first_seen": "2025-11-01", "last_seen": "2025-11-02", "times": 1,
                }));
                let documents: Vec<Value> = documents.collect();
                let first = format!("candidate/many-{id}-0@");
                ("add-candidates", first, 1, json!({ "documents": documents }))
            }
            _ => {
                let because = json!({ "use": of, "because": both });
                ("suspend", format!("use/{of}@"), 1, because)
            }
        }
    }
}

#[test]
fn what_was_acknowledged_survives_kill_9_and_the_index_is_rebuilt_equal() {
    let mut bank = Bank::founded();
    let compliance = bank.token_of("leung-suk-fan");
    let mut acknowledged: Vec<(u64, String)> = Vec::new();
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut drawn = Drawn(0x2026_1130);
    let mut of_each = std::collections::BTreeMap::new();
    let mut round = 0;
    // Rounds of four writers, each ended by a kill in the middle, until enough was acknowledged.
    while acknowledged.len() < 200 || round < 5 {
        assert!(round < 60, "only {} were acknowledged", acknowledged.len());
        let seeds: Vec<u64> = (0..4).map(|_| drawn.next()).collect();
        let answers = std::thread::scope(|scope| {
            let writers: Vec<_> = seeds
                .into_iter()
                .enumerate()
                .map(|(writer, seed)| {
                    let (agent, address) = (&agent, bank.server.address.clone());
                    let tokens = [bank.token.clone(), compliance.clone()];
                    scope.spawn(move || {
                        let mut drawn = Drawn(seed);
                        let mut answers = Vec::new();
                        for number in 0..200 {
                            let id = format!("{round}-{writer}-{number}");
                            let (action, brings, who, body) = drawn.action(&id);
                            let sent = agent
                                .post(format!("{address}/api/v1/actions/{action}"))
                                .header("authorization", format!("Bearer {}", tokens[who]))
                                .header("content-type", "application/json")
                                .send(body.to_string());
                            let Ok(mut answer) = sent else { break };
                            let status = answer.status().as_u16();
                            let Ok(text) = answer.body_mut().read_to_string() else { break };
                            // What is suspended already is refused: that was written by somebody else.
                            if status == 409 {
                                continue;
                            }
                            assert_eq!(status, 200, "{action}: {text}");
                            let answer: Value = serde_json::from_str(&text).unwrap();
                            let entry = answer["entries"][0].as_u64();
                            answers.push((
                                entry.unwrap_or_else(|| panic!("{action}: {text}")),
                                action,
                                brings,
                            ));
                        }
                        answers
                    })
                })
                .collect();
            // In the middle, wherever that is.
            std::thread::sleep(Duration::from_millis(400 + drawn.next() % 1_400));
            Command::new("kill").args(["-9", &bank.server.child.id().to_string()]).status().unwrap();
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
        });
        for (entry, action, brings) in answers {
            *of_each.entry(action).or_insert(0) += 1;
            acknowledged.push((entry, brings));
        }
        let Bank { place, server, token } = bank;
        server.kill();
        let server = Server::start(place.path(), "data");
        bank = Bank { place, server, token };
        round += 1;
    }
    assert!(of_each.len() >= 6, "not much of a mix: {of_each:?}");
    let mut on_record = std::collections::BTreeMap::new();
    let mut before = String::new();
    loop {
        let mut answer = agent
            .get(format!("{}/api/v1/trail?limit=500{before}", bank.server.address))
            .header("authorization", format!("Bearer {}", bank.token))
            .call()
            .unwrap();
        let page: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        for entry in page["items"].as_array().unwrap() {
            on_record.insert(entry["entry"].as_u64().unwrap(), entry["documents"].to_string());
        }
        let Some(next) = page["next"].as_u64() else { break };
        before = format!("&before={next}");
    }
    for (entry, id) in &acknowledged {
        assert!(on_record[entry].contains(id.as_str()), "entry {entry} was acknowledged for {id}");
    }
    // What takes several entries is there whole or not at all, whenever the server was killed.
    let mut of_many = std::collections::BTreeMap::new();
    for name in on_record.values().flat_map(|documents| documents.split('"')) {
        if let Some((many, _)) = name.strip_prefix("candidate/many-").and_then(|name| name.rsplit_once('-')) {
            *of_many.entry(many.to_owned()).or_insert(0) += 1;
        }
    }
    assert!(!of_many.is_empty() && of_many.values().all(|parts| *parts == 70), "{of_many:?}");
    let example = repository().join("examples/harbour-bank");
    let plan = |bank: &Bank| bank.run(&["plan", example.to_str().unwrap()]).out;
    let before = plan(&bank);
    let Bank { place, server, token } = bank;
    server.end();
    let rebuilt = run_alone(place.path(), &["rebuild", "data"]);
    assert!(rebuilt.out.contains("equal to the one before, row for row"), "{} {}", rebuilt.out, rebuilt.err);
    // A deleted index is made anew by the next start.
    for ending in ["db", "db-wal", "db-shm"] {
        let _ = std::fs::remove_file(place.path().join(format!("data/dualtrack_index.{ending}")));
    }
    let server = Server::start(place.path(), "data");
    let bank = Bank { place, server, token };
    assert_eq!(plan(&bank), before);
    let Bank { place, server, .. } = bank;
    server.end();
    let checked = run_alone(place.path(), &["ledger", "fsck", "--ledger", "data"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
}

pub(crate) fn run_alone(place: &Path, arguments: &[&str]) -> Ran {
    crate::dualtrack::run_in(place, arguments)
}

#[test]
fn a_second_server_and_a_taken_port_are_refused_in_one_line() {
    let place = folder();
    let server = Server::start(place.path(), "data");
    let second = run_alone(place.path(), &["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.code, 2);
    assert!(second.err.contains("writes to this log; only one may"), "{}", second.err);
    assert_eq!(second.err.lines().count(), 1, "{}", second.err);
    let port = server.address.trim_start_matches("http://");
    let taken = run_alone(place.path(), &["serve", "--data", "other", "--listen", port]);
    assert_eq!(taken.code, 2);
    assert!(taken.err.contains("cannot listen at") && taken.err.contains("--listen"), "{}", taken.err);
    assert!(!place.path().join("other").exists(), "nothing is begun where the port is taken");
    let busy = run_alone(place.path(), &["rebuild", "data"]);
    assert_eq!(busy.code, 2);
    server.end();
}

#[test]
fn a_backup_is_restored_whole_and_never_signs_a_second_history() {
    let bank = Bank::founded();
    std::fs::write(bank.path("minutes.txt"), MINUTES).unwrap();
    std::fs::write(bank.path("seen.yaml"), SEEN).unwrap();
    bank.run_as_owner(&["evidence", "push", "seen.yaml", "--files", "."]).well();
    let link = bank.link_for("siu-ka-lok");
    let cookie = cookie_of(&bank.server, "administrator");
    assert!(lets_in(&bank.server, &cookie));
    let backup = run_alone(bank.place.path(), &["backup", "data", "--to", "backup"]);
    assert_eq!(backup.code, 0, "{}", backup.err);
    let kept: Vec<_> = std::fs::read_dir(bank.path("backup/files")).unwrap().collect();
    assert_eq!(kept.len(), 1);
    let sealed = std::fs::read(kept[0].as_ref().unwrap().path()).unwrap();
    assert!(!sealed.windows(9).any(|part| part == b"committee"), "a backup holds no file in clear");
    let early = std::fs::read(bank.path("data/keys/register")).unwrap();
    std::fs::write(bank.path("early-register"), &early).unwrap();
    // What is entered after the backup is lost with the machine; the register on another disk is not.
    let task =
        ["act", "give-task", "--set", "id=later", "--set", "assignee=siu-ka-lok", "--set", "what=Later."];
    bank.run(&task).well();
    let Bank { place, server, token } = bank;
    server.end();
    let path = |name: &str| place.path().join(name);
    std::fs::copy(path("data/keys/register"), path("register")).unwrap();
    let refused = run_alone(place.path(), &["restore", "backup", "--to", "again", "--register", "register"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("would make a second history"), "{}", refused.err);
    // Its own register cannot know what was signed since.
    let own = ["restore", "backup", "--to", "again", "--register", "backup/register"];
    let refused = run_alone(place.path(), &own);
    assert!(
        refused.code == 2 && refused.err.contains("is the register of the backup itself"),
        "{}",
        refused.err
    );
    let restored =
        run_alone(place.path(), &["restore", "backup", "--to", "again", "--register", "early-register"]);
    assert_eq!(restored.code, 0, "{}", restored.err);
    let ended = restored.out.lines().nth(1).unwrap();
    assert!(ended.contains(" sessions, ") && ended.contains("revoked: 2 tokens"), "{}", restored.out);
    std::fs::rename(path("data"), path("gone")).unwrap();
    let server = Server::start(place.path(), "again");
    let example = repository().join("examples/harbour-bank");
    // Nobody comes in with what was handed out before the backup, for it may have been taken back since.
    assert!(!lets_in(&server, &cookie));
    let refused = run(place.path(), &server, &token, &["plan", example.to_str().unwrap()], "");
    assert!(refused.err.contains("was revoked; make a new one"), "{}", refused.err);
    let link = format!("{}/link#{}", server.address, link.split('#').nth(1).unwrap());
    let refused = run(place.path(), &server, "", &["account", "accept", &link], PASSWORD);
    assert!(refused.err.contains("the link was used, has expired"), "{}", refused.err);
    let token = token_of(place.path(), &server, "administrator");
    let plan = run(place.path(), &server, &token, &["plan", example.to_str().unwrap()], "");
    assert!(plan.out.contains("to apply 0 · the same 109"), "{} {}", plan.out, plan.err);
    let owner = token_of(place.path(), &server, "wong-ka-wing");
    let file = dualtrack_catalogue::Digest::of(MINUTES.as_bytes());
    assert_eq!(get(&server, &owner, &format!("/api/v1/files/{file}")), (200, MINUTES.to_owned()));
    server.end();
    let look = run_alone(place.path(), &["restore", "backup", "--to", "look", "--read-only"]);
    assert_eq!(look.code, 0, "{}", look.err);
    assert!(!path("look/keys/signing.key").exists());
    std::fs::write(path("backup/operations.json"), "{}").unwrap();
    let changed = run_alone(place.path(), &["restore", "backup", "--to", "more", "--read-only"]);
    assert!(changed.err.contains("was changed since the backup"), "{}", changed.err);
}

#[test]
fn guesses_are_counted_by_who_connected_or_by_what_a_named_proxy_says() {
    let place = folder();
    std::fs::create_dir(place.path().join("data")).unwrap();
    let settings = |proxies: &str| {
        let text = format!("schema: dualtrack.server/1\nproxies: [{proxies}]\n");
        std::fs::write(place.path().join("data/server.yaml"), text).unwrap();
    };
    settings("proxy.bank.example");
    let refused = run_alone(place.path(), &["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("`proxy.bank.example` is no address of a proxy"), "{}", refused.err);
    assert_eq!(refused.err.lines().count(), 1, "{}", refused.err);
    settings("127.0.0.0/8");
    let server = Server::start(place.path(), "data");
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let guess = |forwarded: &str| {
        let asked = agent
            .post(format!("{}/api/v1/links", server.address))
            .header("content-type", "application/json")
            .header("x-forwarded-for", forwarded);
        let body = json!({ "secret": "A".repeat(43), "password": PASSWORD });
        asked.send(body.to_string()).unwrap().status().as_u16()
    };
    for number in 0..30 {
        assert_eq!(guess(&format!("198.51.100.{number}, 203.0.113.9")), 401);
    }
    assert_eq!(guess("203.0.113.9"), 429);
    assert_eq!(guess("203.0.113.10"), 401);
    server.end();
}

#[test]
fn hostile_yaml_is_refused_before_it_is_sent() {
    let place = folder();
    let bank = place.path().join("bank");
    std::fs::create_dir_all(bank.join("uses")).unwrap();
    std::fs::write(
        bank.join("institution.yaml"),
        "schema: dualtrack.institution/1\nname: {en: A, zh-Hant: A}\nentities: []\n",
    )
    .unwrap();
    std::fs::write(bank.join("people.yaml"), "schema: dualtrack.people/1\npeople: []\n").unwrap();
    let mut laughs = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for (before, next) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        let _ = writeln!(laughs, "{next}: &{next} [{}]", vec![format!("*{before}"); 9].join(", "));
    }
    std::fs::write(bank.join("uses/bomb.yaml"), laughs).unwrap();
    let begun = Instant::now();
    let mut child = command(place.path());
    let output = child.args(["apply", "bank"]).env("DUALTRACK_TOKEN", "dtk_x").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("error: uses/bomb.yaml"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}

/// What a person does after a fresh sign-in, with her password on standard input.
fn as_person(bank: &Bank, name: &str, arguments: &[&str]) -> Ran {
    let all: Vec<&str> = arguments.iter().copied().chain(["--as", name]).collect();
    run(bank.place.path(), &bank.server, "", &all, PASSWORD)
}

#[test]
fn files_are_applied_and_uses_approved_by_the_people_whose_it_is() {
    let bank = Bank::founded();
    for (person, name) in [("mok-lai-sheung", "mok"), ("ng-siu-ming", "ngsm")] {
        let (person, name) = (format!("person={person}"), format!("name={name}"));
        let open = ["act", "open-account", "--set", &person, "--set", &name];
        let answer: Value = serde_json::from_str(&bank.run(&open).well().out).unwrap();
        let link = answer["invitation"]["link"].as_str().unwrap();
        run(bank.place.path(), &bank.server, "", &["account", "accept", link], PASSWORD).well();
    }
    bank.run(&["export", "as-files"]).well();
    let path = bank.path("as-files/uses/client-assistant.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("Client assistant", "Customer assistant")).unwrap();
    // Only what differs is asked of her, although the whole folder is handed in.
    let applied = as_person(&bank, "mok", &["apply", "as-files"]).well();
    assert_eq!(applied.out, "documents applied 1 · entries 1\n");
    let plan = as_person(&bank, "mok", &["plan", "as-files"]).well();
    assert!(plan.out.contains("to apply 0"), "{}", plan.out);
    let of = bank.run(&["act", "no-such-action"]);
    assert_eq!(of.code, 2);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent
        .get(format!("{}/api/v1/uses/client-assistant", bank.server.address))
        .header("authorization", format!("Bearer {}", bank.token))
        .call()
        .unwrap();
    let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    let snapshot = format!("snapshot={}", answer["snapshot"]["digest"].as_str().unwrap());
    let approve = [
        "act",
        "approve",
        "--set",
        "use=client-assistant",
        "--set",
        "stage=pilot",
        "--set",
        "role=risk-officer",
        "--set",
        &snapshot,
    ];
    assert!(bank.run(&approve).err.contains("fresh sign-in"), "a token approves nothing");
    as_person(&bank, "ngsm", &approve).well();
    let refused =
        as_person(&bank, "mok", &["--language", "zh-hant", "act", "suspend", "--set", "use=nothing"]);
    assert_eq!(refused.code, 2);
    bank.server.end();
}

#[cfg(unix)]
#[test]
fn nobody_else_on_the_machine_reads_the_data_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let bank = Bank::founded();
    let mode = |path: &str| std::fs::metadata(bank.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data"), 0o700);
    for file in [
        "dualtrack_index.db",
        "dualtrack_index.db-wal",
        "dualtrack_operations.db",
        "dualtrack_operations.db-wal",
    ] {
        assert_eq!(mode(&format!("data/{file}")), 0o600, "{file}");
    }
    bank.server.end();
}
