//! The ledger of an institution by its commands: what a bank's people type, and what they are told.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::dualtrack::{Ran, command, folder, repository, run_in};

/// The example bank with a ledger, in a folder of its own.
struct Bank {
    place: TempDir,
}

impl Bank {
    fn begun() -> Self {
        let place = folder();
        copy(&repository().join("examples/harbour-bank"), &place.path().join("bank"));
        let bank = Self { place };
        let ran =
            bank.run("ledger init bank --name bank.example/ledger --keys keys --register other/register");
        assert_eq!(ran.code, 0, "{}", ran.err);
        bank
    }

    fn assessed() -> Self {
        let bank = Self::begun();
        let ran = bank.run("assess bank --out report");
        assert_eq!(ran.code, 0, "{}", ran.err);
        bank
    }

    fn run(&self, line: &str) -> Ran {
        let arguments: Vec<&str> = line.split(' ').collect();
        run_in(self.place.path(), &arguments)
    }

    /// One word with blanks in it, after the others.
    fn run_with(&self, line: &str, last: &str) -> Ran {
        let mut arguments: Vec<&str> = line.split(' ').collect();
        arguments.push(last);
        run_in(self.place.path(), &arguments)
    }

    fn key(&self) -> String {
        self.run("keys show --ledger bank").out.split(' ').next().unwrap().to_owned()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.place.path().join(path)
    }

    fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn an_assessment_is_entered_and_its_receipt_holds_without_the_institution() {
    let bank = Bank::assessed();
    let key = bank.key();
    let proof = bank.run("ledger proof 1 --ledger bank --out receipt --entry-out entry.json");
    assert_eq!(proof.code, 0, "{}", proof.err);
    assert!(bank.text("entry.json").contains("\"kind\":\"assessment.run\""));
    let verified = bank.run(&format!("verify receipt --entry entry.json --key {key}"));
    assert_eq!(verified.code, 0, "{}", verified.err);
    assert!(verified.out.contains("the entry is number 1 of them"), "{}", verified.out);
    assert!(verified.out.contains("no independent witness"));

    // The report carries the same entry, and a receipt of it.
    let report: serde_json::Value = serde_json::from_str(&bank.text("report/assessment.json")).unwrap();
    std::fs::write(bank.path("receipt2"), report["ledger"]["receipt"].as_str().unwrap()).unwrap();
    assert_eq!(report["ledger"]["entry"].as_str().unwrap(), bank.text("entry.json"));
    let verified = bank.run(&format!("verify receipt2 --entry entry.json --key {key} --language zh-hant"));
    assert_eq!(verified.code, 0, "{}", verified.err);
    assert!(verified.out.starts_with("已核實"), "{}", verified.out);
    assert!(bank.text("report/index.zh-Hant.html").contains("帳本記錄"));

    // A changed entry is not verified.
    let changed = bank.text("entry.json").replace("dualtrack 0.1.0", "dualtrack 0.1.1");
    std::fs::write(bank.path("entry.json"), changed).unwrap();
    let refused = bank.run(&format!("verify receipt --entry entry.json --key {key}"));
    assert_eq!((refused.code, refused.out.starts_with("Not verified: ")), (1, true), "{}", refused.out);
}

#[test]
fn a_run_that_changes_nothing_enters_one_entry() {
    let bank = Bank::assessed();
    let size = |bank: &Bank| bank.run("ledger status --ledger bank").out;
    let before = size(&bank);
    bank.run("assess bank --out report");
    let after = size(&bank);
    let number = |text: &str| -> u64 {
        let line = text.lines().nth(1).unwrap().trim().split(' ').next().unwrap().to_owned();
        line.parse().unwrap()
    };
    assert_eq!(number(&after), number(&before) + 1, "{before}{after}");
    bank.run("assess bank --out report --no-ledger");
    assert_eq!(size(&bank), after);
}

#[test]
fn everything_that_is_handed_over_is_verified_and_every_kind_of_touch_is_noticed() {
    let bank = Bank::assessed();
    let key = bank.key();
    assert_eq!(bank.run("ledger fsck --ledger bank").code, 0);
    assert_eq!(bank.run(&format!("verify bank --key {key}")).code, 0);
    bank.run("ledger export --ledger bank --from 10 --to 300 --out part.bundle");
    let bundle = bank.run(&format!("verify part.bundle --key {key}"));
    assert!(bundle.out.contains("these are all 290 entries from 10 to before 300"), "{}", bundle.out);
    bank.run("ledger export --ledger bank --tiles log");
    let tiles = bank.run(&format!("verify log --key {key}"));
    assert!(
        tiles.out.contains("tiles that hold the hashes of the entries: 4; not there: 0"),
        "{}",
        tiles.out
    );

    let shown = bank.run("ledger disclose 2 --fields statement --ledger bank --out shown.json");
    assert_eq!(shown.code, 0, "{}", shown.err);
    let verified = bank.run(&format!("verify shown.json --key {key}"));
    assert!(verified.out.contains("the entry commits to statement = "), "{}", verified.out);
    assert!(!bank.text("shown.json").contains("statement_zh"));
    let unknown = bank.run("ledger disclose 2 --fields salary --ledger bank --out shown.json");
    assert_eq!((unknown.code, unknown.err.lines().count()), (2, 1), "{}", unknown.err);

    // A checkpoint that was kept is a check of its own.
    std::fs::copy(bank.path("bank/ledger/checkpoint"), bank.path("kept")).unwrap();
    bank.run("assess bank --out report");
    let since = bank.run(&format!("verify bank --key {key} --since kept"));
    assert!(since.out.contains("it continues your earlier checkpoint of"), "{}", since.out);

    // An attacker with the folder alone: a byte of an entry.
    let segment = bank.path("bank/ledger/segments/00000000000000000000.entries");
    let mut bytes = std::fs::read(&segment).unwrap();
    let at = bytes.windows(9).position(|window| window == b"\"verdict\"").unwrap() + 12;
    bytes[at] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let fsck = bank.run("ledger fsck --ledger bank");
    assert_eq!(fsck.code, 1);
    assert!(fsck.out.contains("is damaged at entry"), "{}", fsck.out);
    assert_eq!(bank.run(&format!("verify bank --key {key}")).code, 1);
    let refused = bank.run("assess bank --out report");
    assert_eq!((refused.code, refused.err.lines().count()), (2, 1), "{}", refused.err);
}

#[test]
fn a_backup_that_was_put_back_signs_nothing() {
    let bank = Bank::assessed();
    copy(&bank.path("bank/ledger"), &bank.path("backup"));
    bank.run("assess bank --out report");
    std::fs::remove_dir_all(bank.path("bank/ledger")).unwrap();
    copy(&bank.path("backup"), &bank.path("bank/ledger"));
    let refused = bank.run("assess bank --out report");
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("entries were lost or an old backup was put back"), "{}", refused.err);
}

#[test]
fn keys_are_rotated_retired_and_refused_when_others_can_read_them() {
    let bank = Bank::begun();
    let old = bank.key();
    assert_eq!(bank.run("keys rotate --ledger bank").code, 0);
    assert_eq!(bank.run(&format!("verify bank --key {old}")).code, 0, "the old key still signs");
    let digits = old.split('+').nth(1).unwrap();
    assert_eq!(bank.run(&format!("keys retire {digits} --ledger bank")).code, 0);
    assert_eq!(bank.run(&format!("verify bank --key {old}")).code, 2, "it signs no more");
    let new = bank.key();
    assert_eq!(bank.run(&format!("verify bank --key {new}")).code, 0);
    let last = bank.run(&format!("keys retire {new} --ledger bank"));
    assert!(last.err.contains("the only key that signs"), "{}", last.err);
    for file in std::fs::read_dir(bank.path("keys")).unwrap() {
        let path = file.unwrap().path();
        let mode = path.metadata().unwrap().permissions().mode() & 0o777;
        if path.extension().is_some_and(|ending| ending == "key") {
            assert_eq!(mode, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        }
    }
    let refused = bank.run("assess bank --out report");
    assert!(refused.err.contains("can be read by others (mode 0640)"), "{}", refused.err);
    assert!(!refused.err.contains("PRIVATE"), "{}", refused.err);
}

#[test]
fn a_private_key_may_come_from_the_environment_or_from_a_command() {
    let place = folder();
    for name in ["one", "two"] {
        copy(&repository().join("examples/harbour-bank"), &place.path().join(name));
    }
    let made = run_in(place.path(), ["keys", "make", "--name", "bank.example/ledger", "--out", "made.key"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let private = std::fs::read_to_string(place.path().join("made.key")).unwrap();
    let init = ["ledger", "init", "one", "--name", "bank.example/ledger", "--keys", "keys1"];
    let with_key = |arguments: &[&str]| {
        command(place.path()).args(arguments).env("LEDGER_KEY", private.trim()).output().unwrap()
    };
    assert!(with_key(&[init.as_slice(), &["--key-environment", "LEDGER_KEY"]].concat()).status.success());
    assert!(with_key(&["assess", "one", "--out", "report"]).status.success());
    let refused = run_in(place.path(), ["assess", "one", "--out", "report"]);
    assert_eq!(
        refused.refusal(),
        "the environment variable `LEDGER_KEY` holds no private key; set it for this command"
    );
    assert!(!place.path().join("keys1/signing.key").exists());

    let init = ["ledger", "init", "two", "--name", "bank.example/ledger", "--keys", "keys2"];
    let by_command = run_in(place.path(), [init.as_slice(), &["--key-command", "cat made.key"]].concat());
    assert_eq!(by_command.code, 0, "{}", by_command.err);
    assert!(!by_command.out.contains("PRIVATE"));
    std::fs::remove_file(place.path().join("made.key")).unwrap();
    let refused = run_in(place.path(), ["assess", "two", "--out", "report"]);
    assert!(refused.err.contains("the command `cat made.key` gave no private key"), "{}", refused.err);
}

/// A command that serves until it is dropped.
struct Serving {
    child: std::process::Child,
    address: String,
}

impl Serving {
    fn start(bank: &Bank, line: &str) -> Self {
        use std::io::BufRead as _;
        let mut command = command(bank.place.path());
        command.args(line.split(' ')).args(["--listen", "127.0.0.1:0"]).stdout(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let address = first.split("http://").nth(1).unwrap().split('/').next().unwrap().trim().to_owned();
        Self { child, address }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request over a bare connection.
fn ask(address: &str, request: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_log_that_is_served_and_witnessed_satisfies_the_policy_of_a_stranger() {
    let bank = Bank::assessed();
    let key = bank.key();
    let witness = bank.run("keys make --name witness.other.example/one --witness --out witness.key").out;
    let witness = witness.trim();
    let serving = Serving::start(&bank, "ledger serve --ledger bank");
    let watching =
        Serving::start(&bank, &format!("ledger witness serve --key witness.key --state seen --log {key}"));
    let policy = format!("log {key}\nwitness W {witness}\nquorum W\n");
    std::fs::write(bank.path("policy"), policy).unwrap();
    let url = format!("http://{}", serving.address);

    let unwitnessed = bank.run(&format!("verify {url} --policy policy"));
    assert_eq!(unwitnessed.code, 1, "{}", unwitnessed.out);
    assert!(unwitnessed.out.contains("have not cosigned"), "{}", unwitnessed.out);
    for _ in 0..2 {
        let asked = bank.run(&format!(
            "ledger witness ask http://{} --witness {witness} --ledger bank",
            watching.address
        ));
        assert_eq!(asked.code, 0, "{}", asked.err);
        let verified = bank.run(&format!("verify {url} --policy policy"));
        assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
        assert!(verified.out.contains("witness.other.example/one cosigned it at"), "{}", verified.out);
        assert!(!verified.out.contains("no independent witness"), "{}", verified.out);
        // The log grows, and the witness sees that it continues.
        bank.run("assess bank --out report");
    }
    let head = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    for (path, status) in [
        ("/checkpoint", "200 OK"),
        ("/tile/0/000", "200 OK"),
        ("/tile/0/999", "404 Not Found"),
        ("/tile/../settings.json", "404 Not Found"),
        ("/settings.json", "404 Not Found"),
    ] {
        let answer = ask(&serving.address, &format!("GET {path} {head}\r\n"));
        assert_eq!(answer, format!("HTTP/1.1 {status}"), "{path}");
    }
    let post = |body: &str| {
        let length = body.len();
        ask(&watching.address, &format!("POST /add-checkpoint {head}Content-Length: {length}\r\n\r\n{body}"))
    };
    assert_eq!(post("nonsense"), "HTTP/1.1 400 Bad Request");
    let checkpoint = bank.text("bank/ledger/checkpoint");
    assert_eq!(post(&format!("old 0\n\n{checkpoint}")), "HTTP/1.1 409 Conflict");
    let other = checkpoint.replacen("bank.example/ledger", "other.example/ledger", 1);
    assert_eq!(post(&format!("old 0\n\n{other}")), "HTTP/1.1 404 Not Found");
}

#[test]
fn a_person_is_erased_after_retention_was_looked_at_and_nothing_else_breaks() {
    let bank = Bank::assessed();
    let key = bank.key();
    let person = bank.text("keys/subjects").lines().find_map(|line| {
        line.split(' ').nth(3).filter(|subject| subject.starts_with("person/")).map(str::to_owned)
    });
    let person = person.expect("somebody gave evidence");
    let line =
        format!("ledger erase --subject {person} --reason request --approved-by dpo --ledger bank --rule");
    let erased = bank.run_with(&line, "PDPO s.26");
    assert_eq!(erased.code, 0, "{}", erased.err);
    assert!(!bank.text("keys/subjects").contains(&person));
    assert_eq!(bank.run("ledger fsck --ledger bank").code, 0);
    assert_eq!(bank.run(&format!("verify bank --key {key}")).code, 0);
    let kept = "ledger erase --subject use/credit-card-default --reason request --approved-by dpo --ledger bank --rule";
    let refused = bank.run_with(kept, "PDPO s.26");
    assert_eq!(refused.code, 1);
    assert!(refused.out.contains("must be kept until"), "{}", refused.out);
}

#[test]
fn a_wrong_call_is_told_in_one_line() {
    let bank = Bank::begun();
    let mut said = String::new();
    for line in [
        "ledger init bank --name bank.example/ledger --keys keys2",
        "ledger init nowhere --name bank.example/ledger --keys keys2",
        "ledger status --ledger nowhere",
        "ledger proof 7 --ledger bank",
        "ledger export --ledger bank --from 5 --to 9 --out x",
        "ledger fsck --ledger bank --register nowhere/register",
        "keys make --name two+plus --out new.key",
        "keys make --name good --out keys/signing.key",
        "assess bank --out report --ledger nowhere",
    ] {
        let ran = bank.run(line);
        assert_ne!(ran.code, 0, "{line}");
        let text = format!("{}{}", ran.out, ran.err);
        writeln!(said, "{line}\n  {}", text.trim_end().replace('\n', "\n  ")).unwrap();
    }
    // The root is another every time.
    let said: Vec<&str> = said.lines().filter(|line| !line.starts_with("  root ")).collect();
    let said = said.join("\n").replace(bank.place.path().to_str().unwrap(), "PLACE");
    insta::assert_snapshot!(said);
}
