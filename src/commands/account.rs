//! `dualtrack account`, `dualtrack act` and `dualtrack records`: people and programs that speak to a server.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use dualtrack_catalogue::Digest;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::cli::{AccountCommand, ActArguments, RecordsCommand, Server};
use crate::failure::Failure;
use crate::remote::{Remote, password};
use crate::terminal::{Terminal, print};

/// Sets a password, or makes a token.
pub(crate) fn run(command: &AccountCommand, terminal: Terminal) -> Result<(), Failure> {
    match command {
        AccountCommand::Accept { link } => {
            let (address, secret) = link.split_once("/link#").ok_or_else(|| {
                Failure::input("this is no link; it looks like http://127.0.0.1:7878/link#…")
            })?;
            let remote = Remote::anonymous(&Server { server: Some(address.to_owned()), account: None });
            let password = password(terminal.say("New password: ", "新密碼："))?;
            remote.post_for_session("/api/v1/links", &json!({ "secret": secret, "password": *password }))?;
            print(terminal.say("The password is set.\n", "密碼已設定。\n"))
        }
        AccountCommand::Token { name, called, scopes, days, server } => {
            let remote = Remote::anonymous(server);
            let password = password(terminal.say("Password: ", "密碼："))?;
            let body = json!({ "name": name, "password": *password });
            let session = remote.post_for_session("/api/v1/sign-in", &body)?;
            let new = json!({ "name": called, "scopes": scopes, "days": days });
            let headers = Remote::with_session(&session);
            let made = remote.post("/api/v1/me/tokens", &new, &headers)?;
            remote.post("/api/v1/sign-out", &json!({}), &headers)?;
            let token = made.get("token").and_then(Value::as_str).unwrap_or_default();
            print(&format!("{token}\n"))
        }
    }
}

/// Does something.
pub(crate) fn act(arguments: &ActArguments) -> Result<(), Failure> {
    let takes_input = arguments.json.as_deref() == Some(Path::new("-"));
    if takes_input && arguments.server.account.is_some() {
        return Err(Failure::input("--as reads the password from standard input; name a file with --json"));
    }
    let remote = Remote::of(&arguments.server)?;
    let mut fields = match &arguments.json {
        None => Map::new(),
        Some(path) => read_json(path)?,
    };
    for pair in &arguments.fields {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| Failure::input(format!("--set takes `field=value`, not `{pair}`")))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| json!(value));
        set(&mut fields, name, value)?;
    }
    let headers: Vec<(&str, String)> =
        arguments.version.iter().map(|version| ("if-match", format!("\"{version}\""))).collect();
    let path = format!("/api/v1/actions/{}", arguments.action);
    let done = remote.post(&path, &Value::Object(fields), &headers)?;
    print(&(serde_json::to_string_pretty(&done).unwrap_or_default() + "\n"))
}

/// Puts a value into a field, going into fields at each dot.
fn set(fields: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), Failure> {
    match name.split_once('.') {
        None => {
            fields.insert(name.to_owned(), value);
            Ok(())
        }
        Some((first, rest)) => {
            let inner = fields.entry(first).or_insert_with(|| json!({}));
            match inner {
                Value::Object(inner) => set(inner, rest, value),
                _ => Err(Failure::input(format!("--set {name}: `{first}` is no field with fields"))),
            }
        }
    }
}

fn read_json(path: &Path) -> Result<Map<String, Value>, Failure> {
    let mut text = String::new();
    if path == Path::new("-") {
        let read = std::io::stdin().lock().take(8 << 20).read_to_string(&mut text);
        read.map_err(|error| Failure::input(format!("cannot read standard input: {error}")))?;
    } else {
        text = std::fs::read_to_string(path)
            .map_err(|error| Failure::file("read", path, &error, "name a JSON file"))?;
    }
    serde_json::from_str(&text).map_err(|error| Failure::input(format!("{}: {error}", path.display())))
}

/// Notes decisions that were made elsewhere.
pub(crate) fn records(command: &RecordsCommand, terminal: Terminal) -> Result<(), Failure> {
    let RecordsCommand::Import { file, use_id, time, outcome, server } = command;
    let remote = Remote::of(server)?;
    let bytes =
        std::fs::read(file).map_err(|error| Failure::file("read", file, &error, "name a CSV file"))?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let wrong = |error: csv::Error| Failure::input(format!("{}: {error}", file.display()));
    let headers = reader.headers().map_err(wrong)?.clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|header| header == name)
            .ok_or_else(|| Failure::input(format!("{}: there is no column `{name}`", file.display())))
    };
    let time = column(time)?;
    let outcome = outcome.as_deref().map(column).transpose()?;
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    let mut span: Option<(Timestamp, Timestamp)> = None;
    let mut records = 0_u64;
    for (row, record) in (2_u64..).zip(reader.records()) {
        let record = record.map_err(wrong)?;
        let text = record.get(time).unwrap_or_default();
        let at = instant(text).ok_or_else(|| {
            Failure::input(format!(
                "{}:{row}: `{text}` is no time; write 2026-11-27T09:00:00+08:00",
                file.display()
            ))
        })?;
        span = Some(span.map_or((at, at), |(from, to)| (from.min(at), to.max(at))));
        records += 1;
        if let Some(outcome) = outcome {
            *outcomes.entry(record.get(outcome).unwrap_or_default().to_owned()).or_default() += 1;
            if outcomes.len() > 100 {
                return Err(Failure::input(
                    "the outcome has more than 100 values; name the column of what was decided",
                ));
            }
        }
    }
    let (from, to) =
        span.ok_or_else(|| Failure::input(format!("{}: there is no decision in it", file.display())))?;
    let body = json!({
        "use": use_id, "records": records, "from": from, "to": to,
        "digest": Digest::of(&bytes), "outcomes": outcomes,
    });
    remote.post("/api/v1/actions/import-records", &body, &[])?;
    print(&format!("{records} {}\n", terminal.say("decisions noted", "項決定已記錄")))
}

/// An instant, or the beginning of a day in Hong Kong.
fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let day: Date = text.parse().ok()?;
        day.to_zoned(crate::hong_kong()).ok().map(|at| at.timestamp())
    })
}
