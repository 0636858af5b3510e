//! `dualtrack serve` as an institution runs it: first start, files, people, backup, a second server.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::databases::postgres;
use crate::dualtrack::{command, folder, repository};
use crate::served::{Bank, PASSWORD, Server, agent, run, run_alone, run_alone_on, token_of};

const MINUTES: &str = "The committee saw the test of fair answers.";
const SEEN: &str = "schema: dualtrack.evidence/1
evidence:
  - id: minutes-of-november
    kind: risk-assessment
    about: {use: credit-card-default}
    controls: [fstb-2024.risk-based-approach]
    statement: {en: The committee saw it., zh-Hant: 委員會已審閱。}
    by: wong-ka-wing
    on: 2026-11-01
    expires: 2027-10-31
    files: [minutes.txt]
";

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
    let asked = agent().get(format!("{}/api/v1/me", server.address)).header("cookie", cookie);
    asked.call().unwrap().status().as_u16() == 200
}

#[test]
fn a_bank_is_founded_exported_and_planned_without_a_difference() {
    let bank = Bank::founded();
    let example = repository().join("examples/harbour-bank");
    let plan = bank.run(&["plan", example.to_str().unwrap()]).well();
    assert!(plan.out.ends_with("to apply 0 · the same 109 · only on record 1\n"), "{}", plan.out);
    // With no more than what the page on a first start has one make.
    let page = std::fs::read_to_string(repository().join("docs/server.md")).unwrap();
    let (_, scopes) = page.split_once("--name administrator --scopes ").unwrap();
    let (scopes, _) = scopes.split_once(')').unwrap();
    let make = ["account", "token", "--name", "administrator", "--scopes", scopes];
    let token = run(bank.place.path(), &bank.server, "", &make, PASSWORD).well();
    let plan = ["plan", example.to_str().unwrap()];
    run(bank.place.path(), &bank.server, token.out.trim(), &plan, "").well();
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

#[test]
fn a_first_start_numbers_its_entries_once() {
    let place = folder();
    Server::start(place.path(), "data").end();
    let settings = std::fs::read_to_string(place.path().join("data/ledger/settings.json")).unwrap();
    let settings: Value = serde_json::from_str(&settings).unwrap();
    let key = settings["signing"][0]["verifier"].as_str().unwrap();
    let verified = run_alone(place.path(), &["verify", "data/ledger", "--key", key]).well();
    assert!(!verified.out.contains("gave numbers that are missing"), "{}", verified.out);
    assert!(verified.out.contains("no number is missing or twice"), "{}", verified.out);
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
    let taken = run_alone_on(place.path(), "other", &["serve", "--data", "other", "--listen", port]);
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
    let restored = run_alone_on(
        place.path(),
        "again",
        &["restore", "backup", "--to", "again", "--register", "early-register"],
    );
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
    assert_eq!(server.get(&owner, &format!("/api/v1/files/{file}")), (200, json!(MINUTES)));
    server.end();
    let look = run_alone_on(place.path(), "look", &["restore", "backup", "--to", "look", "--read-only"]);
    assert_eq!(look.code, 0, "{}", look.err);
    assert!(!path("look/keys/signing.key").exists());
    std::fs::write(path("backup/operations.json"), "{}").unwrap();
    let changed = run_alone(place.path(), &["restore", "backup", "--to", "more", "--read-only"]);
    assert!(changed.err.contains("was changed since the backup"), "{}", changed.err);
}

#[test]
fn a_restore_takes_the_right_to_sign_from_a_server_that_still_runs() {
    let bank = Bank::founded();
    let backup = run_alone(bank.place.path(), &["backup", "data", "--to", "backup"]);
    assert_eq!(backup.code, 0, "{}", backup.err);
    let restore = |to| {
        let arguments = ["restore", "backup", "--to", to, "--register", "data/keys/register"];
        run_alone_on(bank.place.path(), to, &arguments)
    };
    // Just after the founding it enters what every control comes to; while it signs, its register stays where it is.
    let begun = Instant::now();
    loop {
        let restored = restore("again");
        if restored.code == 0 {
            break;
        }
        assert!(restored.err.contains("a server still signs by"), "{}", restored.err);
        assert!(bank.path("data/keys/register").exists() && begun.elapsed().as_secs() < 60);
    }
    // The old one enters nothing any more, and says why.
    let task =
        ["act", "give-task", "--set", "id=later", "--set", "assignee=siu-ka-lok", "--set", "what=Later."];
    let refused = bank.run(&task);
    assert!(refused.code != 0 && refused.err.contains("the register was taken away"), "{}", refused.err);
    let (status, ready) = bank.server.get(&bank.token, "/readyz");
    assert_eq!(status, 503, "{ready}");
    // Nor does it start, and nobody restores by the register that is elsewhere now.
    let again = restore("third");
    assert!(again.code != 0 && again.err.contains("register"), "{}", again.err);
    let Bank { place, server, .. } = bank;
    server.kill();
    let old = run_alone(place.path(), &["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    assert!(old.code != 0 && old.err.contains("the register is missing"), "{}", old.err);
    // The new one goes on.
    let server = Server::start(place.path(), "again");
    let token = token_of(place.path(), &server, "administrator");
    run(place.path(), &server, &token, &task, "").well();
    server.end();
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
    let applied = bank.run_as("mok", &["apply", "as-files"]).well();
    assert_eq!(applied.out, "documents applied 1 · entries 1\n");
    let plan = bank.run_as("mok", &["plan", "as-files"]).well();
    assert!(plan.out.contains("to apply 0"), "{}", plan.out);
    let of = bank.run(&["act", "no-such-action"]);
    assert_eq!(of.code, 2);
    let (_, answer) = bank.server.get(&bank.token, "/api/v1/uses/client-assistant");
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
    bank.run_as("ngsm", &approve).well();
    let refused = bank.run_as("mok", &["--language", "zh-hant", "act", "suspend", "--set", "use=nothing"]);
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
    // With PostgreSQL there are none of them.
    for file in [
        "dualtrack_index.db",
        "dualtrack_index.db-wal",
        "dualtrack_operations.db",
        "dualtrack_operations.db-wal",
    ] {
        assert!(postgres().is_some() || mode(&format!("data/{file}")) == 0o600, "{file}");
    }
    bank.server.end();
}
