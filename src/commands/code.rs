//! As code: `plan`, `diff`, `apply`, `export`, and evidence from builds.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use dualtrack_inventory::{Digest, Document, documents_of, files_to_digest};
use serde_json::{Value, json};

use crate::cli::{ApplyArguments, CodeArguments, EvidenceCommand, ExportArguments};
use crate::failure::Failure;
use crate::folder;
use crate::output::{Output, write_all};
use crate::remote::Remote;
use crate::terminal::{Terminal, print, printable};

/// Shows what applying would change.
pub(crate) fn plan(arguments: &CodeArguments, fields: bool, terminal: Terminal) -> Result<bool, Failure> {
    let remote = Remote::of(&arguments.server)?;
    let plan =
        remote.post("/api/v1/plan", &json!({ "documents": given(&documents(&arguments.folder)?) }), &[])?;
    let list = |name: &str| plan.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut text = String::new();
    let changes = list("changes");
    for change in &changes {
        let word = |name: &str| change.get(name).and_then(Value::as_str).unwrap_or_default();
        let mark = if word("change") == "add" { "+" } else { "~" };
        let _ = writeln!(text, "{mark} {}", printable(word("document")));
        let fields =
            change.get("fields").and_then(Value::as_array).filter(|_| fields).cloned().unwrap_or_default();
        for field in fields {
            let side = |name: &str| field.get(name).filter(|value| !value.is_null()).map(short);
            let at = field.get("field").and_then(Value::as_str).unwrap_or_default();
            let _ = writeln!(text, "    {}", printable(at));
            text += &side("record").map(|value| format!("      - {value}\n")).unwrap_or_default();
            text += &side("file").map(|value| format!("      + {value}\n")).unwrap_or_default();
        }
    }
    let only = list("only_on_record");
    for document in only.iter().filter_map(Value::as_str) {
        let words = terminal.say("only on record; stays", "只在紀錄中；保留");
        let _ = writeln!(text, "  {} ({words})", printable(document));
    }
    let same = plan.get("same").and_then(Value::as_u64).unwrap_or(0);
    let _ = writeln!(
        text,
        "{} {} · {} {same} · {} {}",
        terminal.say("to apply", "將套用"),
        changes.len(),
        terminal.say("the same", "相同"),
        terminal.say("only on record", "只在紀錄中"),
        only.len()
    );
    print(&text)?;
    Ok(!changes.is_empty())
}

fn short(value: &Value) -> String {
    let text = printable(&value.to_string());
    if text.chars().count() > 160 { text.chars().take(159).collect::<String>() + "…" } else { text }
}

/// Applies a folder, or founds a record with it.
pub(crate) fn apply(arguments: &ApplyArguments, terminal: Terminal) -> Result<(), Failure> {
    let remote = Remote::of(&arguments.code.server)?;
    let documents = documents(&arguments.code.folder)?;
    let action = if arguments.found { "found-record" } else { "apply" };
    let path = format!("/api/v1/actions/{action}");
    let documents = json!({ "documents": given(&documents) });
    let body = if arguments.found {
        documents
    } else {
        // What somebody changes between the comparison and this is not overwritten.
        let plan = remote.post("/api/v1/plan", &documents, &[])?;
        let Value::Object(mut body) = documents else { return Ok(()) };
        body.insert("versions".into(), versions(&plan));
        Value::Object(body)
    };
    let done = remote.post(&path, &body, &[])?;
    let count = |name: &str| done.get(name).and_then(Value::as_array).map_or(0, Vec::len);
    print(&format!(
        "{} {} · {} {}\n",
        terminal.say("documents applied", "已套用文件"),
        count("documents"),
        terminal.say("entries", "記錄"),
        count("entries")
    ))
}

/// The version of each document that a plan compared.
fn versions(plan: &Value) -> Value {
    let changes = plan.get("changes").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let version =
        |change: &Value| Some((change.get("document")?.as_str()?.to_owned(), change.get("version")?.clone()));
    Value::Object(changes.iter().filter_map(version).collect())
}

/// Writes the record as YAML files.
pub(crate) fn export(arguments: &ExportArguments, terminal: Terminal) -> Result<(), Failure> {
    let folder = &arguments.folder;
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::input(format!("`{}` is not empty; name a new folder", folder.display())));
    }
    let exported = Remote::of(&arguments.server)?.get("/api/v1/export")?;
    let files = exported.get("files").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut outputs = Vec::new();
    for (path, value) in &files {
        let safe = path.split('/').all(|step| !matches!(step, "" | "." | "..")) && !path.contains('\\');
        if !safe {
            return Err(Failure::input(format!(
                "the server names a file `{}`; nothing was written",
                printable(path)
            )));
        }
        let text = serde_saphyr::to_string(value)
            .map_err(|error| Failure::input(format!("`{path}` cannot be written: {error}")))?;
        outputs.push(Output {
            path: folder.join(path),
            bytes: text.into_bytes(),
            advice: "name a folder that can be written",
        });
    }
    write_all(&outputs)?;
    print(&format!("{} {}\n", outputs.len(), terminal.say("files written", "個檔案已寫入")))
}

/// Hands in evidence.
pub(crate) fn evidence(command: &EvidenceCommand, terminal: Terminal) -> Result<(), Failure> {
    let EvidenceCommand::Push { file, files, server } = command;
    let remote = Remote::of(server)?;
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::file("read", file, &error, "name an evidence file"))?;
    let name = format!("evidence/{}", file.file_name().unwrap_or_default().to_string_lossy());
    let documents = documents_of([(name.as_str(), text.as_str())], &BTreeMap::new())
        .map_err(|problems| Failure::Input(problems.iter().map(ToString::to_string).collect()))?;
    let mut digests: BTreeMap<String, Digest> = BTreeMap::new();
    for document in &documents {
        let Document::Evidence(evidence) = document else { continue };
        for named in &evidence.files {
            let path = files.join(named);
            let bytes = std::fs::read(&path)
                .map_err(|error| Failure::file("read", &path, &error, "name its folder with --files"))?;
            digests.insert(named.clone(), Digest::of(&bytes));
            remote.upload("/api/v1/files", bytes)?;
        }
    }
    let is_result =
        |document: &&Document| matches!(document, Document::Evidence(evidence) if evidence.check.is_some());
    let (results, others): (Vec<&Document>, Vec<&Document>) = documents.iter().partition(is_result);
    // What a run measured first: if that is refused, nothing was handed in.
    for (action, pieces) in [("record-results", results), ("add-evidence", others)] {
        if !pieces.is_empty() {
            let pieces: Vec<Value> = pieces.into_iter().map(Document::value).collect();
            let body = json!({ "documents": pieces, "digests": digests });
            remote.post(&format!("/api/v1/actions/{action}"), &body, &[])?;
        }
    }
    print(&format!("{} {}\n", documents.len(), terminal.say("pieces of evidence handed in", "份證據已提交")))
}

/// The documents of an institution's folder, with the digests of the files that it names.
pub(crate) fn documents(folder: &Path) -> Result<Vec<Document>, Failure> {
    let root = folder::root(folder)?;
    let texts = folder::read_texts(&root, folder)?;
    let files = || texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let mut digests = BTreeMap::new();
    for file in files_to_digest(files()) {
        if root.join(&file).exists() {
            let (path, opened) = folder::open(&root, &file)?;
            let taken = folder::digest(&path, opened, &std::sync::atomic::AtomicBool::new(false))?;
            digests.insert(file, taken.digest);
        }
    }
    documents_of(files(), &digests)
        .map_err(|problems| Failure::Input(problems.iter().map(ToString::to_string).collect()))
}

/// Documents as the API takes them.
fn given(documents: &[Document]) -> Vec<Value> {
    documents
        .iter()
        .map(|document| {
            json!({
                "kind": document.key().kind.as_str(),
                "document": document.value(),
                "digests": document.digests().cloned().unwrap_or_default(),
            })
        })
        .collect()
}
