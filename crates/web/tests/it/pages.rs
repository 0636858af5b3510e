//! Every page, asked for by nobody and by everybody: no page is reached that the policies refuse, and none says more
//! than the API says to the same person.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use dualtrack_inventory::{Kind, Role};
use dualtrack_web::api::Needs;
use dualtrack_web::pages::{PageRoute, routes};
use serde_json::json;

use crate::bank::officer;
use crate::server::{Answer, Server};
use crate::tries::{about, resource};
use crate::visitor::Visitor;

/// An address of a route, with ids of what is on record.
struct Address {
    path: String,
    /// The document that it is about, where the API has one of the same kind.
    of: Option<(Kind, String)>,
    /// Whether something is certainly there.
    is_sure: bool,
}

/// The addresses of a route: one, or one for each of what it can be about.
async fn addresses(server: &Server, route: &PageRoute) -> Vec<Address> {
    let path = route.path;
    let whole = |path: String| Address { path, of: None, is_sure: true };
    if path.contains("{action}") {
        let actions = dualtrack_web::api::routes()
            .into_iter()
            .filter_map(|route| route.path.strip_prefix("/api/v1/actions/").map(ToOwned::to_owned));
        // Some have pages of their own.
        let of = |action: String| Address { is_sure: false, ..whole(path.replace("{action}", &action)) };
        return actions.map(of).collect();
    }
    if path.contains("{kind}") {
        let mut found = Vec::new();
        for kind in Kind::ALL {
            let id = first(server, kind).await;
            let filled = path.replace("{kind}", kind.as_str()).replace("{id}", &id);
            let of = path.contains("{id}").then_some((kind, id));
            found.push(Address { of, is_sure: path.starts_with("/record/"), path: filled });
        }
        return found;
    }
    let head = path.split('/').nth(1).unwrap_or_default();
    // An approval pack is that of a use.
    let head = if head == "approvals" { "uses" } else { head };
    let kind = Kind::ALL.into_iter().find(|kind| kind.plural() == head);
    let id = match (head, kind) {
        ("guidelines", _) => "hkma-ai-2019".to_owned(),
        (_, Some(kind)) => first(server, kind).await,
        _ => USE.to_owned(),
    };
    let filled = path
        .replace("{id}", &id)
        .replace("{use}", USE)
        .replace("{control}", "hkma-ai-2019.audit-logs")
        .replace("{guideline}", "hkma-ai-2019");
    // Parts of a page that change by themselves are there while something goes on.
    let goes_on = path.ends_with("/part") || path.ends_with("/events");
    let is_sure = !goes_on
        && !filled.contains('{')
        && (kind.is_some() || !path.contains("{id}") || head == "guidelines");
    let of = kind.filter(|_| path.contains("{id}")).map(|kind| (kind, id));
    let parts = filled.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    vec![Address { path: parts.collect::<Vec<_>>().join("/"), of, is_sure }]
}

/// A document of a kind that names none of those who ask.
async fn first(server: &Server, kind: Kind) -> String {
    match kind {
        Kind::Person => "wong-ka-wing".to_owned(),
        Kind::Use => USE.to_owned(),
        kind => server.bank.desk.documents(kind, "", 1).await.unwrap()[0].key.id.clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_a_page_but_the_door() {
    let server = Server::with_everything().await;
    let stranger = Visitor::stranger(&server);
    let mut ended = Visitor::stranger(&server);
    ended.cookie = format!("__Host-dualtrack={}", "A".repeat(43));
    let before = server.bank.reader().size();
    for route in routes() {
        for Address { path, .. } in addresses(&server, &route).await {
            for visitor in [&stranger, &ended] {
                if route.method == Method::GET {
                    let answer = visitor.get(&path).await;
                    if route.needs == Needs::Nothing {
                        assert_eq!(answer.status, StatusCode::OK, "{path}");
                        shows_nothing(&answer, &path);
                    } else {
                        assert!(
                            answer.leads().starts_with("/sign-in?next=%2F"),
                            "{path}: {}",
                            answer.leads()
                        );
                    }
                    continue;
                }
                let ours = [("sec-fetch-site", "same-origin")];
                let answer = visitor.post(&path, "because.en=Stop.&password=guessed", &ours).await;
                if route.needs == Needs::Nothing {
                    assert!(!answer.status.is_server_error(), "{path}: {}", answer.status);
                } else {
                    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
                    assert!(!answer.text().contains("guessed"), "{path}: a password is never kept");
                }
                if answer.status != StatusCode::SEE_OTHER {
                    shows_nothing(&answer, &path);
                }
            }
        }
    }
    assert_eq!(server.bank.reader().size(), before);
}

/// Nothing of the bank is on a page for strangers.
fn shows_nothing(answer: &Answer, path: &str) {
    for told in ["Harbour Bank", "海港銀行", "only-", "Client assistant"] {
        assert!(!answer.text().contains(told), "{path} tells a stranger of {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_a_strangers_page_changes_nothing() {
    let server = Server::with_everything().await;
    let visitor = Visitor::of(&server, "only-compliance-officer").await;
    let before = server.bank.reader().size();
    for route in routes().iter().filter(|route| route.method == Method::POST) {
        for Address { path, .. } in addresses(&server, route).await {
            server.move_clock(jiff::SignedDuration::from_millis(200));
            for elsewhere in [
                vec![],
                vec![("sec-fetch-site", "cross-site")],
                vec![("origin", "https://evil.example")],
                vec![("origin", "null")],
            ] {
                let answer = visitor.post(&path, "because.en=Stop.", &elsewhere).await;
                if path == "/preferences" {
                    // A language is no secret, and it leads to our own pages alone.
                    assert_eq!(answer.leads(), "/");
                    continue;
                }
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {elsewhere:?}");
                assert!(!answer.headers.contains_key("set-cookie"), "{path}");
            }
        }
    }
    assert_eq!(server.bank.reader().size(), before);
    assert_eq!(visitor.get("/").await.status, StatusCode::OK, "she is signed in still");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reaches_which_page_is_what_the_policies_say() {
    let server = Server::with_everything().await;
    for role in Role::ALL {
        let name = format!("only-{}", role.as_str());
        let visitor = Visitor::of(&server, &name).await;
        let mut offered = BTreeSet::new();
        for route in routes().iter().filter(|route| route.method == Method::GET) {
            for Address { path, of, is_sure } in addresses(&server, route).await {
                server.move_clock(jiff::SignedDuration::from_millis(200));
                let answer = visitor.get(&path).await;
                let status = answer.status;
                offered.extend(begun(&answer));
                assert!(
                    [StatusCode::OK, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status),
                    "{name}: {path}: {status} {}",
                    answer.text()
                );
                if let Needs::Action(action) = &route.needs {
                    let own = route.path.starts_with("/account");
                    let (asker, about) = (officer(&name), resource(own, &name));
                    let may = server.bank.desk.may(&asker, action, &about, false, server.now()).await.is_ok();
                    let is_list = !route.path.contains('{');
                    if may && is_sure {
                        assert_eq!(status, StatusCode::OK, "{name} should reach {path}");
                    }
                    // A list shows what there is to see: the next test looks at what that is.
                    if !may && !is_list {
                        assert_ne!(status, StatusCode::OK, "{name} reaches {path}");
                    }
                }
                // A page of a document is there for whoever the API shows the document to.
                let Some((kind, id)) = of.filter(|_| is_sure) else { continue };
                let api = if kind.is_single() {
                    format!("/api/v1/{}", kind.plural())
                } else {
                    format!("/api/v1/{}/{id}", kind.plural())
                };
                let said = visitor.get(&api).await.status;
                if matches!(route.needs, Needs::SignIn) {
                    // The form of what changes it is for fewer: who they are, another test asks.
                    assert!(status != StatusCode::OK || said == StatusCode::OK, "{name} reaches {path}");
                    continue;
                }
                assert_eq!(status, said, "{name}: {path} is {status}, and {api} is {said}");
            }
        }
        // What a page offers is not refused before anything is filled in.
        for to in offered {
            server.move_clock(jiff::SignedDuration::from_millis(300));
            let answer = visitor.get(&to).await;
            assert_eq!(answer.status, StatusCode::OK, "{name} is offered {to}: {}", answer.text());
        }
    }
}

/// The forms to which a page leads.
fn begun(answer: &Answer) -> Vec<String> {
    let is_page =
        answer.headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if answer.status != StatusCode::OK || !is_page {
        return Vec::new();
    }
    let page = answer.page();
    let links = page.all("a").map(|link| link.attribute("href").to_owned());
    let forms = ["/do/", "/edit/", "/new/", "/report-incident"];
    let begins = |to: &String| {
        forms.iter().any(|form| to.starts_with(form)) || to.contains("/attest?") || to.contains("/profile")
    };
    links.filter(begins).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_says_what_the_api_does_not() {
    let server = Server::with_everything().await;
    let mut ids = BTreeSet::new();
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_single()) {
        for stored in server.bank.desk.documents(kind, "", usize::MAX).await.unwrap() {
            // Short ids are words of the language as well.
            if stored.key.id.contains('-') || stored.key.id.len() > 8 {
                ids.insert(stored.key.id);
            }
        }
    }
    for person in ["only-partner", "only-educator", "only-supervisor", "only-developer", "only-operations"] {
        let visitor = Visitor::of(&server, person).await;
        let mut said = person.to_owned();
        for route in dualtrack_web::api::routes() {
            let is_plain = route.method == Method::GET && !route.path.contains('{');
            // The way in and files are none of what is on record.
            if !is_plain || route.path.contains("sign-in") {
                continue;
            }
            server.move_clock(jiff::SignedDuration::from_millis(200));
            said.push_str(visitor.get(&route.path).await.text());
        }
        let refused: Vec<&String> = ids.iter().filter(|id| !stands_in(&said, id)).collect();
        assert!(!refused.is_empty() || person != "only-educator");
        for route in routes().iter().filter(|route| route.method == Method::GET) {
            for Address { path, .. } in addresses(&server, route).await {
                server.move_clock(jiff::SignedDuration::from_millis(200));
                let answer = visitor.get(&path).await;
                if answer
                    .headers
                    .get("content-type")
                    .is_none_or(|kind| !kind.as_bytes().starts_with(b"text/"))
                {
                    continue;
                }
                let told: Vec<_> = refused
                    .iter()
                    .filter(|id| !path.contains(id.as_str()) && stands_in(answer.text(), id))
                    .collect();
                assert!(told.is_empty(), "{path} tells {person} of {told:?}, {}", answer.status);
            }
        }
    }
}

/// Whether an id stands in a text as a whole word.
fn stands_in(text: &str, id: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.match_indices(id).any(|(place, _)| {
        !text[..place].chars().next_back().is_some_and(is_letter)
            && !text[place + id.len()..].chars().next().is_some_and(is_letter)
    })
}

/// A use that names none of those who ask.
const USE: &str = "client-assistant";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_goes_out_compressed_where_a_browser_takes_it_so() {
    let server = Server::new().await;
    let cookie = server.session("only-developer").await;
    for (path, is_packed) in
        [("/uses", true), ("/uses?format=csv", true), ("/uses?format=xlsx", false), ("/api/v1/me", false)]
    {
        let headers = [("cookie", cookie.as_str()), ("accept-encoding", "gzip, br")];
        let answer = server.ask("GET", path, &headers, "").await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let packed = answer.headers.get("content-encoding").map(|value| value.to_str().unwrap());
        assert_eq!(packed, is_packed.then_some("gzip"), "{path}");
    }
    let plain = server.ask("GET", "/uses", &[("cookie", cookie.as_str())], "").await;
    assert!(plain.headers.get("content-encoding").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_beyond_the_last_is_the_last() {
    let server = Server::with_everything().await;
    let visitor = Visitor::of(&server, "only-compliance-officer").await;
    for path in [
        "/uses",
        "/coverage",
        "/approvals",
        "/validation",
        "/incidents",
        "/lapses",
        "/notices",
        "/models",
        "/flows",
        "/providers",
    ] {
        for page in ["0", "2", "18446744073709551615", "9223372036854775807", "x", "-1"] {
            visitor.page(&format!("{path}?page={page}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_nowhere_is_a_page_and_of_the_api_a_problem() {
    let server = Server::new().await;
    let visitor = Visitor::of(&server, "only-developer").await;
    for (path, kind) in [
        ("/nowhere", "text/html"),
        ("/uses/a/b/c", "text/html"),
        ("/api/v1/nowhere", "application/problem+json"),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.headers["content-type"].to_str().unwrap().starts_with(kind), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_says_that_something_was_done_which_was_not() {
    let server = Server::new().await;
    let visitor = Visitor::of(&server, "only-developer").await;
    let page = visitor.page("/uses?done=approve&entry=1").await;
    assert!(!page.text.contains("Entry 1 of the ledger"), "{}", page.text);
}

/// With a form of their own pages, which nothing forged: who may change nothing changes nothing by any page.
#[tokio::test(flavor = "multi_thread")]
async fn no_page_does_what_its_sender_may_not() {
    let server = Server::with_everything().await;
    for person in ["only-educator", "only-supervisor"] {
        let visitor = Visitor::of(&server, person).await;
        let token = visitor.page("/notices").await.form().field("form").unwrap().to_owned();
        let before = server.bank.reader().size();
        let mut sent = 0;
        for route in routes().iter().filter(|route| route.method == Method::POST) {
            // Their own account, language and mailbox are theirs.
            let is_own = ["/account", "/sign-", "/preferences", "/notices", "/link"]
                .iter()
                .any(|own| route.path.starts_with(own));
            if is_own {
                continue;
            }
            for Address { path, .. } in addresses(&server, route).await {
                server.move_clock(jiff::SignedDuration::from_millis(200));
                let body = format!(
                    "form={token}&because.en=Stop.&because=Stop.&statement.en=So.&title=It.&id=by-{person}"
                );
                let same = [("sec-fetch-site", "same-origin")];
                let answer = visitor.post(&path, &body, &same).await;
                sent += 1;
                assert!(answer.status.is_client_error(), "{person} {path}: {}", answer.status);
                assert_eq!(server.bank.reader().size(), before, "{person} {path} entered something");
            }
        }
        assert!(sent > 50, "{sent}");
    }
}

/// What people type may be anything; pages are read strictly, so that a tag of theirs would be found.
#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_and_texts_stay_texts_wherever_they_are_shown() {
    let server = Server::with_everything().await;
    let hostile = "=1+1\"><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}'{{7*7}}`x`&amp;=1+1";
    let both = json!({ "en": hostile, "zh-Hant": hostile });
    let of = json!({
        "schema": "dualtrack.use/1", "id": "hostile", "name": both, "entity": "harbour-bank", "purpose": both,
        "purposes": ["customer-support"], "decides": both, "affects": both, "stage": "idea",
        "stage_since": "2026-01-01", "coverage": "attested", "people": { "owners": ["only-business-owner"] },
    });
    let person = json!({ "id": "hostile", "name": both, "roles": [] });
    let discovered = server.now();
    for (by, action, body) in [
        ("only-business-owner", "register-use", json!({ "document": of })),
        ("only-administrator", "invite-person", json!({ "document": person })),
        (
            "only-operations",
            "open-incident",
            json!({ "id": "hostile", "uses": ["hostile"], "title": hostile, "severity": "low", "discovered": discovered }),
        ),
        ("only-operations", "note-incident", json!({ "incident": "hostile", "what": hostile })),
        (
            "only-operations",
            "contain",
            json!({ "incident": "hostile", "measure": "pause", "because": hostile }),
        ),
        ("only-compliance-officer", "comment", json!({ "id": "hostile", "use": "hostile", "what": hostile })),
        (
            "only-compliance-officer",
            "give-task",
            json!({ "id": "hostile", "use": "hostile", "assignee": "only-compliance-officer", "what": hostile }),
        ),
    ] {
        let token = server.token(by, &[]).await;
        let answer =
            server.as_person(&token, "POST", &format!("/api/v1/actions/{action}"), &body.to_string()).await;
        assert!(answer.status.is_success(), "{action}: {}", answer.body);
    }
    let mut shown = 0;
    for visitor in [
        Visitor::of(&server, "only-compliance-officer").await,
        Visitor::of(&server, "only-compliance-officer").await.in_chinese(),
    ] {
        for path in [
            "/",
            "/uses",
            "/uses/hostile",
            "/uses/hostile/profile",
            "/uses/hostile/validation",
            "/approvals/hostile",
            "/incidents",
            "/incidents/hostile",
            "/people",
            "/people/hostile",
            "/record/person/hostile",
            "/record/use/hostile",
            "/record/comment/hostile",
            "/record/task/hostile",
            "/edit/use/hostile",
            "/search?q=alert(1)",
            "/coverage",
            "/trail",
            "/do/suspend?use=hostile",
            "/do/resume?use=hostile",
        ] {
            let page = visitor.page(path).await;
            shown += usize::from(page.text.contains("alert(1)"));
        }
        for file in ["/uses?format=csv", "/uses/hostile?format=csv", "/incidents?format=csv"] {
            let text = visitor.get(file).await.text().to_owned();
            assert!(
                !text.lines().any(|line| line.split(',').any(|cell| cell.trim_matches('"').starts_with('='))),
                "{text}"
            );
        }
    }
    assert!(shown > 20, "only {shown} pages show it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_shown_to_whoever_may_send_it_and_to_others_why_not() {
    let server = Server::with_everything().await;
    let routes = dualtrack_web::api::routes();
    let commands = routes.iter().filter_map(|route| route.path.strip_prefix("/api/v1/actions/"));
    let commands: Vec<_> = commands.filter(|action| !WITHOUT_FORM.contains(action)).collect();
    assert!(commands.len() > 30, "{commands:?}");
    for role in Role::ALL {
        let name = format!("only-{}", role.as_str());
        let visitor = Visitor::of(&server, &name).await;
        for action in &commands {
            let body = about(action);
            let action = *action;
            let fields = body.as_object().unwrap().iter();
            let fields = fields.filter_map(|(field, value)| Some((field, value.as_str()?)));
            let fields = fields.filter(|(_, value)| !value.is_empty());
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            server.move_clock(jiff::SignedDuration::from_millis(300));
            let page = visitor.get(&format!("/do/{action}?{query}")).await;
            let said = server.in_session(&visitor.cookie, &format!("/api/v1/actions/{action}"), &body).await;
            let is_denied = said.status == StatusCode::FORBIDDEN;
            let shown = if is_denied { StatusCode::FORBIDDEN } else { StatusCode::OK };
            assert_eq!(page.status, shown, "{name}: {action}: {}", said.body);
            if is_denied {
                assert!(page.text().contains("Your offices"), "{name}: {action} is refused without grounds");
            }
        }
    }
}

/// What is brought in by files and lists, or has pages of its own; and what is asked of whoever has a proposal before her.
const WITHOUT_FORM: [&str; 15] = [
    "found-record",
    "apply",
    "register-use",
    "change-use",
    "change-foundation",
    "add-evidence",
    "record-results",
    "adopt",
    "invite-person",
    "change-person",
    "change-rules",
    "import-portfolio",
    "add-candidates",
    "confirm-proposal",
    "reject-proposal",
];
