//! `kill -9` while people work: nothing acknowledged is lost, and the index is rebuilt equal.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::databases::delete_index;
use crate::dualtrack::repository;
use crate::served::{Bank, Server, run_alone};

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
    delete_index(place.path());
    let server = Server::start(place.path(), "data");
    let bank = Bank { place, server, token };
    assert_eq!(plan(&bank), before);
    let Bank { place, server, .. } = bank;
    server.end();
    let checked = run_alone(place.path(), &["ledger", "fsck", "--ledger", "data"]);
    assert_eq!(checked.code, 0, "{}", checked.err);
}
