//! Files of evidence: sealed on disk, for whoever may see what names them, bounded, and swept where nothing does.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use dualtrack_governance::{Command, Given};
use dualtrack_inventory::Digest;
use dualtrack_web::{Files, Plain};
use serde_json::{Value, json};

use crate::html::Form;
use crate::server::{Server, Set};
use crate::visitor::Visitor;

const MINUTES: &[u8] = "The committee saw the test of fair answers.\n委員會已審閱公平測試。".as_bytes();

/// What lies in the folder of files, by name.
fn lying(server: &Server) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(server.files()) else { return BTreeMap::new() };
    entries
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap())
        })
        .collect()
}

/// A developer's evidence that names a file.
async fn name_in_evidence(server: &Server, id: &str, file: &Digest) {
    let evidence = json!({
        "id": id, "kind": "risk-assessment", "about": { "use": "client-assistant" },
        "controls": ["fstb-2024.risk-based-approach"],
        "statement": { "en": "It was seen.", "zh-Hant": "已審閱。" },
        "by": "only-operations", "on": "2026-11-01", "expires": "2027-10-31", "files": ["minutes.txt"],
    });
    let digests = BTreeMap::from([("minutes.txt".to_owned(), *file)]);
    server
        .bank
        .act("only-operations", Command::AddEvidence { documents: vec![evidence], digests })
        .await
        .unwrap();
}

fn digest(answer: &Value) -> Digest {
    Digest::parse(answer["digest"].as_str().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_lies_sealed_and_is_for_whoever_may_see_what_names_it() {
    let server = Server::new().await;
    let mut tokens = BTreeMap::new();
    for person in ["only-operations", "only-validator", "only-partner", "only-educator", "only-supervisor"] {
        tokens.insert(person, server.token(person, &[]).await);
    }
    let kept = server.upload(&tokens["only-operations"], MINUTES, "en").await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
    let file = digest(&kept.body);
    assert_eq!(file, Digest::of(MINUTES));
    let digits = file.to_string().replace("sha256:", "");
    let on_disk = lying(&server);
    assert_eq!(on_disk.keys().collect::<Vec<_>>(), [&format!("{digits}.sealed")]);
    assert!(on_disk.values().all(|bytes| !bytes.windows(9).any(|part| part == b"committee")));

    let reads = async |expected: [(&str, StatusCode); 5]| {
        for (person, status) in expected {
            let path = format!("/api/v1/files/{digits}");
            let answer = server.as_person(&tokens[person], "GET", &path, "").await;
            assert_eq!(answer.status, status, "{person}: {}", answer.body);
            assert_eq!(answer.status == StatusCode::OK, &answer.bytes[..] == MINUTES, "{person}");
        }
    };
    // Nothing names it yet: it is there for whoever uploaded it, and for nobody else is there such a file.
    reads([
        ("only-operations", StatusCode::OK),
        ("only-validator", StatusCode::NOT_FOUND),
        ("only-partner", StatusCode::NOT_FOUND),
        ("only-educator", StatusCode::NOT_FOUND),
        ("only-supervisor", StatusCode::NOT_FOUND),
    ])
    .await;
    let narrow = server.token("only-operations", &["add-evidence"]).await;
    let refused = server.as_person(&narrow, "GET", &format!("/api/v1/files/{digits}"), "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "the token is not good for looking");

    name_in_evidence(&server, "seen-minutes", &file).await;
    reads([
        ("only-operations", StatusCode::OK),
        ("only-validator", StatusCode::OK),
        ("only-partner", StatusCode::FORBIDDEN),
        ("only-educator", StatusCode::FORBIDDEN),
        ("only-supervisor", StatusCode::OK),
    ])
    .await;
    let refused = server.as_person(&narrow, "GET", &format!("/api/v1/files/{digits}"), "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "uploading it lets nobody past the policies");

    // A model that the partner builds names it as well.
    let given = Given {
        kind: "model".into(),
        document: json!({
            "schema": "dualtrack.model/1", "id": "partners-own", "version": "1.0", "kind": "lightgbm",
            "name": { "en": "Partner's own", "zh-Hant": "夥伴模型" }, "open_source": false,
            "builders": ["only-partner"], "files": ["minutes.txt"],
        }),
        digests: BTreeMap::from([("minutes.txt".to_owned(), file)]),
    };
    server.bank.act("only-operations", Command::ChangeFoundation { given }).await.unwrap();
    reads([
        ("only-operations", StatusCode::OK),
        ("only-validator", StatusCode::OK),
        ("only-partner", StatusCode::OK),
        ("only-educator", StatusCode::FORBIDDEN),
        ("only-supervisor", StatusCode::OK),
    ])
    .await;
    assert_eq!(server.bank.rebuilt_difference().await, None, "which documents name files is rebuilt as well");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_changed_on_disk_is_not_handed_over() {
    let server = Server::new().await;
    let token = server.token("only-operations", &[]).await;
    let one = digest(&server.upload(&token, b"one", "en").await.body).to_string();
    let two = digest(&server.upload(&token, b"two", "en").await.body).to_string();
    let path = |file: &str| server.files().join(format!("{}.sealed", file.replace("sha256:", "")));
    std::fs::copy(path(&two), path(&one)).unwrap();
    let mut bytes = std::fs::read(path(&two)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(path(&two), bytes).unwrap();
    for file in [&one, &two] {
        for (language, words) in [("en", "was changed; restore it"), ("zh-HK", "已被更改")] {
            let headers = [("authorization", &*format!("Bearer {token}")), ("accept-language", language)];
            let answer = server.ask("GET", &format!("/api/v1/files/{file}"), &headers, "").await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
            assert!(answer.body["detail"].as_str().unwrap().contains(words), "{}", answer.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_have_a_limit_each_and_together() {
    let server = Server::with(Set { most_bytes: 3_000, ..Set::default() }).await;
    let token = server.token("only-operations", &[]).await;
    for _ in 0..5 {
        let kept = server.upload(&token, &[1; 2_000], "en").await;
        assert_eq!(kept.status, StatusCode::CREATED, "the same again takes no more room: {}", kept.body);
    }
    for (language, words) in [("en", "ask an administrator"), ("zh-HK", "請聯絡系統管理員")] {
        let full = server.upload(&token, &[2; 2_000], language).await;
        assert_eq!(full.status, StatusCode::INSUFFICIENT_STORAGE, "{}", full.body);
        let detail = full.body["detail"].as_str().unwrap();
        assert!(detail.contains(words) && !detail.contains('\n'), "{detail}");
        assert_eq!(full.headers["content-type"], "application/problem+json");
    }
    assert_eq!(lying(&server).len(), 1);
    for (language, words) in [("en", "at most 16 MiB"), ("zh-HK", "上限為16 MiB")] {
        let long = server.upload(&token, &vec![3; (16 << 20) + 1], language).await;
        assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", long.body);
        assert!(long.body["detail"].as_str().unwrap().contains(words), "{}", long.body);
    }
    let empty = server.upload(&token, b"", "en").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    // What nothing names goes after a day, and gives its room back.
    server.wait(25 * 60);
    assert_eq!(server.web.sweep_files().await.unwrap(), 1);
    let token = server.token("only-operations", &[]).await;
    let kept = server.upload(&token, &[2; 2_000], "en").await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_document_names_is_swept_after_a_day() {
    let server = Server::new().await;
    let token = server.token("only-operations", &[]).await;
    let mut files = Vec::new();
    for bytes in ["named", "not named", "again", "found"] {
        files.push(digest(&server.upload(&token, bytes.as_bytes(), "en").await.body));
    }
    let [named, not_named, again, found] = files[..] else { panic!("four") };
    name_in_evidence(&server, "names-one", &named).await;
    // As after a backup that was taken in the middle: the file is there, and nothing is known of it.
    let operations = server.bank.desk.store().operations();
    assert!(operations.forget_upload(&found.to_string(), i64::MAX).await.unwrap());
    server.wait(23 * 60);
    assert_eq!(server.web.sweep_files().await.unwrap(), 0);
    let token = server.token("only-operations", &[]).await;
    assert_eq!(server.upload(&token, b"again", "en").await.status, StatusCode::CREATED);
    server.web.note_found_files().await.unwrap();
    server.wait(2 * 60);
    assert_eq!(server.web.sweep_files().await.unwrap(), 1);
    let there = |file: &Digest| lying(&server).contains_key(&format!("{}.sealed", &file.to_string()[7..]));
    assert_eq!([&named, &not_named, &again, &found].map(there), [true, false, true, true]);
    server.wait(23 * 60);
    assert_eq!(server.web.sweep_files().await.unwrap(), 2);
    assert_eq!([&named, &not_named, &again, &found].map(there), [true, false, false, false]);
    server.web.note_found_files().await.unwrap();
    assert!(operations.uploaded().await.unwrap().is_empty(), "what is named is nobody's any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_from_before_are_sealed_at_the_start() {
    let server = Server::new().await;
    let token = server.token("only-validator", &[]).await;
    let folder = server.files();
    std::fs::create_dir_all(&folder).unwrap();
    let file = Digest::of(MINUTES);
    let digits = file.to_string().replace("sha256:", "");
    std::fs::write(folder.join(&digits), MINUTES).unwrap();
    std::fs::write(folder.join("0".repeat(64)), "something else").unwrap();
    std::fs::write(folder.join(".0123456789abcdef.part"), "half of som").unwrap();
    let open = || Files::open(folder.clone(), 1 << 20, server.bank.desk.book()).unwrap().1;
    let other = vec![folder.join("0".repeat(64))];
    assert_eq!(open(), Plain { sealed: 1, other: other.clone() });
    assert_eq!(open(), Plain { sealed: 0, other });
    let names: Vec<String> = lying(&server).into_keys().collect();
    assert_eq!(names, ["0".repeat(64), format!("{digits}.sealed")]);
    name_in_evidence(&server, "seen-minutes", &file).await;
    let read = server.as_person(&token, "GET", &format!("/api/v1/files/{file}"), "").await;
    assert_eq!(&read.bytes[..], MINUTES);
}

/// A form with files, as browsers send it.
fn with_files(form: &Form, files: &[(&str, &str)]) -> String {
    let part = |about: String, text: &str| {
        format!("--edge\r\ncontent-disposition: form-data; {about}\r\n\r\n{text}\r\n")
    };
    let fields = form.fields.iter().map(|(name, value)| part(format!("name=\"{name}\""), value));
    let files = files.iter().map(|(name, text)| part(format!("name=\"file\"; filename=\"{name}\""), text));
    fields.chain(files).chain(["--edge--\r\n".to_owned()]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_evidence_takes_files_and_comes_back_with_them() {
    let server = Server::new().await;
    let visitor = Visitor::of(&server, "only-operations").await;
    let path = "/uses/client-assistant/attest?kind=risk-assessment&controls=fstb-2024.risk-based-approach";
    let kind = [("content-type", "multipart/form-data; boundary=edge"), ("sec-fetch-site", "same-origin")];
    let send = async |form: &Form, files: &[(&str, &str)]| {
        visitor.post(&form.action, &with_files(form, files), &kind).await
    };
    let form = visitor.page(path).await.form();
    // A browser without a file chosen sends one without a name.
    let wrong =
        send(&form, &[("", ""), ("minutes.txt", "The committee met."), ("../minutes.txt", "And again.")])
            .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "nothing is stated yet");
    assert_eq!(lying(&server).len(), 2);
    let again = wrong.page().form().typed("statement.en", "It was weighed.");
    let kept: Vec<_> = again.fields.iter().filter(|(name, _)| name == "kept_file").collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
    let empty = send(&again, &[("nothing.txt", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.page().text.contains("file is empty"), "{}", empty.page().text);
    let sent = send(&again, &[]).await;
    let entered = sent.leads().to_owned();
    let id = again.field("id").unwrap();
    let token = server.token("only-operations", &[]).await;
    let piece = server.as_person(&token, "GET", &format!("/api/v1/evidence/{id}"), "").await;
    assert_eq!(piece.body["document"]["files"], json!(["minutes (2).txt", "minutes.txt"]), "{entered}");
    assert_eq!(piece.body["digests"]["minutes.txt"], Digest::of(b"The committee met.").to_string());
    // Whoever sees the evidence reads its files from its page.
    let page = visitor.page(&format!("/record/evidence/{id}")).await;
    let links: Vec<_> =
        page.all("a").filter(|link| link.attribute("href").starts_with("/api/v1/files/")).collect();
    assert_eq!(links.len(), 2);
    let read = visitor.get(links[1].attribute("href")).await;
    assert_eq!((read.status, &read.bytes[..]), (StatusCode::OK, &b"The committee met."[..]));
    // What is not made for this session keeps nothing, and neither does what is torn.
    let before = lying(&server);
    let foreign = visitor.page(path).await.form().typed("form", "made elsewhere");
    let refused = send(&foreign, &[("more.txt", "more")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let form = visitor.page(path).await.form();
    let whole = with_files(&form, &[("more.txt", "more")]);
    let torn = &whole[..whole.len() - 12];
    assert_eq!(visitor.post(&form.action, torn, &kind).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(lying(&server), before);
}
