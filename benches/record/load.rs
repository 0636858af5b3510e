//! Load on a real server: how soon it starts, how much memory it takes, and how long answers take.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::apart;
use crate::bank::{GIVER, use_id};
use crate::pages::{Browsers, Session};
use crate::say;

/// Requests a second in the mixed load.
const RATE: u64 = 50;
pub(crate) const CLIENTS: usize = 16;

/// Starts the server and asks it.
pub(crate) fn run(data: &Path, tokens: &[String], sessions: &[Session], seconds: u64) {
    let begun = Instant::now();
    let child = Command::new(env!("CARGO_BIN_EXE_dualtrack"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut server = Server(child);
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let address = loop {
        let line = lines.next().unwrap().unwrap();
        if let Some(address) = line.strip_prefix("serving at ") {
            break address.to_owned();
        }
    };
    say(&format!("start                             {:>10.2} s", begun.elapsed().as_secs_f64()));
    std::thread::sleep(Duration::from_secs(2));
    say(&format!("memory, idle after the start      {:>10.0} MB", memory(server.0.id())));
    let asked = Asked { agent: agent(), address, tokens: tokens.to_vec() };
    let begun = Instant::now();
    asked.get("/api/v1/uses?limit=50");
    say(&format!("first list (computes the board)   {:>10.2} s", begun.elapsed().as_secs_f64()));
    say(&format!("memory, after the board           {:>10.0} MB", memory(server.0.id())));
    mixed(&asked, seconds);
    let begun = Instant::now();
    let at = crate::now().to_string();
    asked.get(&format!("/api/v1/uses?limit=50&as_of={at}"));
    say(&format!("first list of an instant          {:>10.2} s", begun.elapsed().as_secs_f64()));
    reads(&asked, Duration::from_secs(10));
    let browsers = Browsers::new(&asked.address, sessions);
    browsers.each_screen(seconds);
    browsers.views(Duration::from_secs(10));
    say(&format!("memory, after the load            {:>10.0} MB", memory(server.0.id())));
    apart::run(&browsers, &sessions[0]);
    say(&format!("memory, after all that            {:>10.0} MB", memory(server.0.id())));
}

/// The server, which ends with the benchmark, however that ends.
struct Server(std::process::Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

struct Asked {
    agent: ureq::Agent,
    address: String,
    tokens: Vec<String>,
}

impl Asked {
    /// The token of one of the people, who take turns.
    fn token(&self, number: usize) -> String {
        format!("Bearer {}", self.tokens[number % self.tokens.len()])
    }

    fn get(&self, path: &str) {
        self.get_as(0, path);
    }

    fn get_as(&self, number: usize, path: &str) {
        let mut answer = self
            .agent
            .get(format!("{}{path}", self.address))
            .header("authorization", self.token(number))
            .call()
            .unwrap();
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string().unwrap();
        assert!(answer.status().is_success(), "{path}: {text}");
    }

    fn post(&self, path: &str, body: &serde_json::Value) {
        let mut answer = self
            .agent
            .post(format!("{}{path}", self.address))
            .header("authorization", self.token(0))
            .header("content-type", "application/json")
            .send(body.to_string())
            .unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        assert!(answer.status().is_success(), "{path}: {text}");
    }
}

pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_idle_connections_per_host(CLIENTS)
        .timeout_global(Some(Duration::from_mins(1)))
        .build()
        .into()
}

/// Asks at a steady rate, whatever the answers take: what waits counts as waiting. How long each took, by what was asked.
pub(crate) fn steadily<Name: Ord + Send>(
    rate: u64,
    seconds: u64,
    ask: impl Fn(usize) -> Name + Sync,
) -> BTreeMap<Name, Vec<Duration>> {
    let next = AtomicUsize::new(0);
    let total = usize::try_from(rate * seconds).unwrap();
    let times: Mutex<BTreeMap<Name, Vec<Duration>>> = Mutex::default();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= total {
                        return;
                    }
                    let due = Duration::from_micros(1_000_000 / rate * number as u64);
                    std::thread::sleep(due.saturating_sub(begun.elapsed()));
                    let name = ask(number);
                    let took = begun.elapsed().saturating_sub(due);
                    times.lock().unwrap().entry(name).or_default().push(took);
                }
            });
        }
    });
    let mut times = times.into_inner().unwrap();
    for times in times.values_mut() {
        times.sort();
    }
    times
}

/// The API, mixed as people and programs ask.
fn mixed(asked: &Asked, seconds: u64) {
    let times = steadily(RATE, seconds, |number| ask(asked, number));
    let mut all = Vec::new();
    say(&format!(
        "mixed load, {RATE} a second for {seconds} s        number   median      p99      max (ms)"
    ));
    for (name, times) in times {
        report(name, &times);
        all.extend(times);
    }
    all.sort();
    report("all", &all);
}

/// One request of the mix. Most read a use; one in twenty changes something.
fn ask(asked: &Asked, number: usize) -> &'static str {
    let of = use_id(number * 37);
    match number % 20 {
        0..=6 => {
            asked.get(&format!("/api/v1/uses/{of}"));
            "use"
        }
        7..=9 => {
            asked.get("/api/v1/uses?limit=50&blocked=true");
            "list"
        }
        10 | 11 => {
            asked.get(&format!("/api/v1/uses/{of}/verdicts"));
            "verdicts"
        }
        12 | 13 => {
            asked.get(&format!("/api/v1/uses/{of}/gate"));
            "gate"
        }
        14 => {
            asked.get("/api/v1/evidence?limit=50");
            "evidence"
        }
        15 => {
            asked.get(&format!("/api/v1/uses/{of}/history"));
            "history"
        }
        16 => {
            asked.get("/api/v1/coverage?limit=50");
            "coverage"
        }
        17 => {
            asked.get("/api/v1/inbox");
            "inbox"
        }
        18 => {
            asked.get("/api/v1/people?limit=50");
            "people"
        }
        _ => {
            let id = format!("load-{number}-{:x}", std::process::id());
            let body = serde_json::json!({ "id": id, "use": of, "assignee": GIVER, "what": "Look at it." });
            asked.post("/api/v1/actions/give-task", &body);
            "give-task"
        }
    }
}

/// As many simple reads as it answers.
fn reads(asked: &Asked, span: Duration) {
    let count = AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..8 {
            let count = &count;
            scope.spawn(move || {
                while begun.elapsed() < span {
                    let path = if client % 2 == 0 { "/api/v1/models/qwen-local" } else { "/api/v1/me" };
                    asked.get_as(client, path);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let rate = count.into_inner() as f64 / begun.elapsed().as_secs_f64();
    say(&format!("simple reads, 8 clients           {rate:>10.0} a second"));
}

pub(crate) fn report(name: &str, times: &[Duration]) {
    let at = |share: f64| {
        let place = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    say(&format!("  {name:<32}{:>12} {:>8.1} {:>8.1} {:>8.1}", times.len(), at(0.5), at(0.99), at(1.0)));
}

/// The memory that a process holds, in megabytes.
fn memory(process: u32) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1_000.0
}
