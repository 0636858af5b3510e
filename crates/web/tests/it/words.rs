//! Every refusal is in the language of whoever is refused: what the description of the API names is sent wrong in every way
//! that its schemas tell of, and once in English and once in Chinese.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::server::{Answer, Server};
use crate::tries::tries;

/// A request, asked for in both languages. Says what was refused in each.
async fn refused(server: &Server, headers: &[(&str, &str)], method: &str, path: &str, body: &str) -> Refused {
    let ask = async |language: &str| {
        let headers = [headers, &[("accept-language", language)]].concat();
        server.ask(method, path, &headers, body).await
    };
    let (english, chinese) = (ask("en").await, ask("zh-Hant-HK").await);
    assert_eq!(english.status, chinese.status, "{method} {path} {body}");
    Refused { request: format!("{method} {path} {body}"), english, chinese }
}

struct Refused {
    request: String,
    english: Answer,
    chinese: Answer,
}

impl Refused {
    /// That it was refused, with all that is said in the language that was asked for.
    fn is_in_both_languages(&self) -> &Self {
        assert!(self.english.status.is_client_error(), "{}: {}", self.request, self.english.body);
        for field in ["title", "detail"] {
            let (english, chinese) = (&self.english.body[field], &self.chinese.body[field]);
            assert!(!is_chinese(english), "{}: {english}", self.request);
            assert!(is_chinese(chinese), "{}: {chinese}", self.request);
        }
        let lines = |answer: &Answer| answer.body["lines"].as_array().cloned().unwrap_or_default();
        assert_eq!(lines(&self.english).len(), lines(&self.chinese).len());
        assert!(lines(&self.chinese).iter().all(is_chinese), "{}: {}", self.request, self.chinese.body);
        assert_eq!(self.chinese.headers["content-language"], "zh-Hant-HK");
        self
    }
}

fn is_chinese(text: &Value) -> bool {
    text.as_str().is_some_and(|text| text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)))
}

/// The bodies that the description tells of, each with its address.
fn bodies(description: &Value) -> Vec<(String, Value)> {
    let mut bodies = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        let content = &methods["post"]["requestBody"]["content"]["application/json"]["schema"];
        if !content.is_null() {
            bodies.push((path.replace("{id}", "none"), described(description, content).clone()));
        }
    }
    bodies
}

/// What a schema is, behind its references.
fn described<'a>(description: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => {
            described(description, description.pointer(reference.trim_start_matches('#')).unwrap())
        }
        None => schema,
    }
}

/// Bodies that are wrong in one thing each, and the field that the answer has to name.
fn wrong(schema: &Value) -> Vec<(Value, Option<String>)> {
    let mut wrong =
        vec![(json!({ "no_such_field": 1 }), Some("no_such_field".to_owned())), (json!([]), None)];
    if let Some(first) = schema["required"].as_array().and_then(|required| required.first()) {
        wrong.push((json!({}), first.as_str().map(ToOwned::to_owned)));
    }
    for (field, of) in schema["properties"].as_object().into_iter().flatten() {
        // A document is read as what it is of, by the desk.
        if *of == json!(true)
            || of.get("$ref").is_none() && of.get("type").is_none() && of.get("anyOf").is_none()
        {
            continue;
        }
        let value = if of["type"] == "boolean" { json!("neither") } else { json!(true) };
        wrong.push((json!({ field: value }), Some(field.clone())));
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_a_body_is_said_in_both_languages_and_names_its_field() {
    let server = Server::new().await;
    let description = server.ask("GET", "/api/v1/openapi.json", &[], "").await.body;
    let cookie = server.begun("only-administrator").await;
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let bodies = bodies(&description);
    let actions = bodies.iter().filter(|(path, _)| path.starts_with("/api/v1/actions/")).count();
    assert!(actions > 50 && bodies.len() > actions, "{actions} actions of {} bodies", bodies.len());
    for (path, schema) in &bodies {
        for (body, field) in wrong(schema) {
            let refused = refused(&server, &headers, "POST", path, &body.to_string()).await;
            refused.is_in_both_languages();
            let detail = refused.english.body["detail"].as_str().unwrap();
            let named = field.is_none_or(|field| detail.contains(&format!("`{field}")));
            assert!(named || refused.english.status != 422, "{path} {body}: {detail}");
        }
        for body in ["{", "{} and more", "nothing"] {
            refused(&server, &headers, "POST", path, body).await.is_in_both_languages();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_desk_refuses_is_said_in_both_languages() {
    let server = Server::with_everything().await;
    let description = server.ask("GET", "/api/v1/openapi.json", &[], "").await.body;
    let mut said = BTreeSet::new();
    for person in
        ["only-administrator", "only-compliance-officer", "only-business-owner", "only-internal-auditor"]
    {
        let cookie = server.begun(person).await;
        let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin"), ("if-match", "*")];
        for (path, _) in bodies(&description) {
            let Some(action) = path.strip_prefix("/api/v1/actions/") else { continue };
            for one in tries(&server, action).await {
                let refused = refused(&server, &headers, "POST", &path, &one.body.to_string()).await;
                if refused.english.status.is_client_error() {
                    refused.is_in_both_languages();
                    said.insert(refused.english.body["type"].to_string());
                }
            }
        }
    }
    assert!(said.len() >= 4, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_for_wrongly_is_refused_in_both_languages() {
    let server = Server::new().await;
    let token = format!("Bearer {}", server.token("only-administrator", &[]).await);
    let signed_in = [("authorization", token.as_str())];
    let long = format!("/api/v1/uses/{}", "x".repeat(201));
    for (headers, method, path) in [
        (&signed_in[..], "GET", "/api/v1/uses?limit=many"),
        (&signed_in, "GET", "/api/v1/uses?limit=0"),
        (&signed_in, "GET", "/api/v1/uses?no_such=1"),
        (&signed_in, "GET", "/api/v1/uses/none"),
        (&signed_in, "GET", "/api/v1/trail?of=nothing"),
        (&signed_in, "GET", "/api/v1/files/none"),
        (&signed_in, "GET", "/api/v1/no-such-page"),
        (&signed_in, "POST", "/api/v1/actions/no-such-action"),
        (&signed_in, "PUT", "/api/v1/uses"),
        (&signed_in, "GET", long.as_str()),
        (&signed_in, "DELETE", "/api/v1/webhooks/none"),
        (&signed_in, "DELETE", "/api/v1/me/tokens/none"),
        (&signed_in, "GET", "/sign-in/oidc"),
        (&[], "GET", "/api/v1/uses"),
        (&[("authorization", "Basic x")], "GET", "/api/v1/uses"),
        (&[("authorization", "Bearer dtk_short")], "GET", "/api/v1/uses"),
        (&[("cookie", "__Host-dualtrack=none")], "GET", "/api/v1/uses"),
        (&[("cookie", "__Host-dualtrack=none")], "POST", "/api/v1/sign-out"),
    ] {
        refused(&server, headers, method, path, "").await.is_in_both_languages();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_deep_inside_is_named_by_its_path() {
    let server = Server::new().await;
    let token = format!("Bearer {}", server.token("only-administrator", &[]).await);
    let headers = [("authorization", token.as_str())];
    let of = json!({
        "schema": "dualtrack.use/1", "id": "new", "name": { "en": "New", "zh-Hant": "新" },
        "people": { "owners": ["only-owner", "Not An Id"] },
    });
    for (path, body, place) in [
        (
            "/api/v1/actions/found-record",
            json!({ "documents": [{ "kind": "use", "document": {} }, { "kind": "use", "document": {}, "digests": { "a": "x" } }] }),
            "`documents[1].digests.a`",
        ),
        (
            "/api/v1/actions/import-portfolio",
            json!({ "from": "list", "uses": [{ "document": {}, "live": true, "catch_up": [{ "what": 1 }] }] }),
            "`uses[0].catch_up[0].what`",
        ),
        ("/api/v1/plan", json!({ "documents": [{ "kind": "use", "document": of }] }), "`people.owners[1]`"),
    ] {
        let refused = refused(&server, &headers, "POST", path, &body.to_string()).await;
        refused.is_in_both_languages();
        for answer in [&refused.english, &refused.chinese] {
            let detail = answer.body["detail"].as_str().unwrap();
            assert!(detail.contains(place), "{detail}");
        }
    }
}
