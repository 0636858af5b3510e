//! The pages on which people decide: who may reads how, who may not reads why, and nobody sees what the API refuses.

use axum::http::StatusCode;
use serde_json::json;

use crate::server::Server;

async fn page(server: &Server, person: &str, path: &str) -> (StatusCode, String) {
    let cookie = server.begun(person).await;
    let answer = server.ask("GET", path, &[("cookie", &cookie)], "").await;
    (answer.status, String::from_utf8(answer.bytes.to_vec()).unwrap())
}

/// A page that is there.
async fn shown(server: &Server, person: &str, path: &str) -> String {
    let (status, text) = page(server, person, path).await;
    assert_eq!(status, StatusCode::OK, "{person} {path}: {text}");
    assert!(!text.contains(">["), "{path} lacks words");
    text
}

/// The row of a table that names something.
fn row<'t>(text: &'t str, name: &str) -> &'t str {
    let rows = text.split("<tr").filter(|row| row.contains(name));
    rows.last().unwrap_or_else(|| panic!("no row names {name}"))
}

async fn does(server: &Server, person: &str, action: &str, body: serde_json::Value) -> StatusCode {
    let cookie = server.begun(person).await;
    server.in_session(&cookie, &format!("/api/v1/actions/{action}"), &body).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_of_approvals_says_who_may_and_why_not() {
    let server = Server::new().await;
    let mine = shown(&server, "only-compliance-officer", "/approvals").await;
    assert!(row(&mine, "/approvals/client-assistant").contains("you may approve"));
    let other = shown(&server, "only-validator", "/approvals").await;
    assert!(row(&other, "/approvals/client-assistant").contains("None of your offices"));
    let yours = shown(&server, "only-validator", "/approvals?show=yours").await;
    assert!(!yours.contains("/approvals/client-assistant\""));

    // Whoever takes a part in the use is barred, and the row says by what.
    let token = server.token("only-compliance-officer", &[]).await;
    let read = server.as_person(&token, "GET", "/api/v1/uses/client-assistant", "").await;
    let mut document = read.body["document"].clone();
    document["people"]["requesters"] = json!(["only-compliance-officer"]);
    let body = json!({ "document": document, "digests": read.body["digests"] }).to_string();
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("if-match", "*")];
    let changed = server.ask("POST", "/api/v1/actions/change-use", &headers, &body).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    let barred = shown(&server, "only-compliance-officer", "/approvals").await;
    assert!(row(&barred, "/approvals/client-assistant").contains("who asks for its approval"), "{barred}");
    let pack = shown(&server, "only-compliance-officer", "/approvals/client-assistant").await;
    assert!(!pack.contains("/do/approve"), "whoever is barred has no button");
    assert!(pack.contains("notice stop"));
    for onlooker in ["only-partner", "only-educator"] {
        let (status, _) = page(&server, onlooker, "/approvals").await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{onlooker}");
        let (status, _) = page(&server, onlooker, "/approvals/client-assistant").await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{onlooker}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_binds_the_approval_to_what_it_shows() {
    let server = Server::new().await;
    let token = server.token("only-compliance-officer", &[]).await;
    let read = server.as_person(&token, "GET", "/api/v1/uses/client-assistant", "").await;
    let digest = read.body["snapshot"]["digest"].as_str().unwrap().to_owned();
    let pack = shown(&server, "only-compliance-officer", "/approvals/client-assistant").await;
    let button = format!(
        "/do/approve?use=client-assistant&#38;stage=pilot&#38;snapshot={}&#38;role=compliance-officer",
        digest.replace(':', "%3A")
    );
    assert!(pack.contains(&button), "{button}");
    let form = shown(&server, "only-compliance-officer", &button.replace("&#38;", "&")).await;
    assert!(form.contains(&digest));
    // It was approved once, for another stage: what changed since is named.
    assert!(pack.contains("Nothing that approvals depend on changed since"), "{pack}");
    assert!(
        pack.contains("id=\"dissent\"") && pack.contains("id=\"red\"") && pack.contains("id=\"conditions\"")
    );
    let owner = shown(&server, "mok-lai-sheung", "/approvals/client-assistant").await;
    assert!(!owner.contains("/do/approve"));
    let chinese = server.begun("only-risk-officer").await;
    let headers = [("cookie", chinese.as_str()), ("accept-language", "zh-HK")];
    let answer = server.ask("GET", "/approvals/client-assistant", &headers, "").await;
    assert!(String::from_utf8_lossy(&answer.bytes).contains("以風險主任身分批准"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_takes_a_use_up_unless_something_bars_her() {
    let server = Server::new().await;
    let queue = shown(&server, "only-validator", "/validation").await;
    assert!(row(&queue, "/uses/client-assistant/validation").contains("/do/claim-validation"));
    let of = json!({ "use": "client-assistant" });
    assert_eq!(does(&server, "only-validator", "claim-validation", of.clone()).await, StatusCode::OK);
    assert_eq!(does(&server, "only-validator", "claim-validation", of.clone()).await, StatusCode::CONFLICT);
    let queue = shown(&server, "only-validator", "/validation?show=mine").await;
    assert!(row(&queue, "/uses/client-assistant/validation").contains("Go on"));
    let bench = shown(&server, "only-validator", "/uses/client-assistant/validation").await;
    assert!(bench.contains("/do/give-opinion?use=client-assistant&#38;snapshot=sha256"));
    assert!(bench.contains("/do/find?use=client-assistant"));

    let owner = shown(&server, "mok-lai-sheung", "/validation").await;
    let own = row(&owner, "/uses/client-assistant/validation");
    assert!(own.contains("who owns the use") && !own.contains("/do/claim"), "{own}");
    let bench = shown(&server, "mok-lai-sheung", "/uses/client-assistant/validation").await;
    assert!(!bench.contains("/do/give-opinion") && !bench.contains("/do/claim-validation"));
    assert_eq!(does(&server, "mok-lai-sheung", "claim-validation", of.clone()).await, StatusCode::FORBIDDEN);
    assert_eq!(does(&server, "only-operations", "claim-validation", of).await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_shows_its_clocks_and_what_can_be_done_at_once() {
    let server = Server::new().await;
    let form = shown(&server, "only-operations", "/report-incident?uses=client-assistant").await;
    assert!(form.contains("authorities.hkma") && form.contains("client-assistant"));
    let open = json!({
        "id": "wrong-answers", "uses": ["client-assistant"], "title": "It named a <wrong> fee.",
        "severity": "high", "discovered": server.now().to_string(),
        "authorities": { "hkma": "2027-01-01T00:00:00Z" },
    });
    assert_eq!(does(&server, "only-operations", "open-incident", open).await, StatusCode::OK);
    let list = shown(&server, "only-operations", "/incidents?show=open").await;
    assert!(row(&list, "/incidents/wrong-answers").contains("HKMA"));
    let of = shown(&server, "only-operations", "/incidents/wrong-answers").await;
    for part in [
        "It named a &#60;wrong&#62; fee.",
        "/do/contain?incident=wrong-answers&#38;measure=pause",
        "/do/contain?incident=wrong-answers&#38;measure=roll-back",
        "/do/suspend?use=client-assistant",
    ] {
        assert!(of.contains(part), "{part}");
    }
    // What has to be done before it can be closed stands in the place of the button.
    assert!(!of.contains("/do/close-incident"));
    let closer = shown(&server, "only-compliance-officer", "/incidents/wrong-answers").await;
    assert!(
        closer.contains("authority=hkma&#38;notify=yes") && closer.contains("authority=hkma&#38;notify=no")
    );
    assert!(!of.contains("notify=yes"), "who may not decide has no button");
    let looker = shown(&server, "only-validator", "/incidents/wrong-answers").await;
    assert!(!looker.contains("/do/contain"), "who may not contain reads why");
    assert!(closer.contains("is told is not decided") && !closer.contains("/do/close-incident"), "{closer}");
    let pause = json!({ "incident": "wrong-answers", "measure": "pause", "because": "It misleads." });
    assert_eq!(does(&server, "only-operations", "contain", pause).await, StatusCode::OK);
    let of = shown(&server, "only-operations", "/incidents/wrong-answers").await;
    assert!(of.contains("/do/lift-containment?incident=wrong-answers&#38;measure=pause"));
    // Whoever looks at the use, or at all of them, sees that it is paused.
    let paused = shown(&server, "only-operations", "/uses/client-assistant").await;
    assert!(
        paused.contains("It misleads.") && paused.contains("href=\"/incidents/wrong-answers\""),
        "{paused}"
    );
    assert!(
        row(&shown(&server, "only-operations", "/uses").await, "/uses/client-assistant").contains("paused")
    );
    let stopped = shown(&server, "only-operations", "/uses?suspended=true").await;
    assert!(stopped.contains("href=\"/uses/client-assistant\""), "{stopped}");
    assert!(of.contains("It misleads."));
    let (status, _) = page(&server, "only-partner", "/incidents/wrong-answers").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lapses_is_ones_own_unless_one_may_see_everything() {
    let server = Server::new().await;
    let mine = shown(&server, "only-developer", "/lapses").await;
    assert!(!mine.contains("whose=all"));
    let forced = shown(&server, "only-developer", "/lapses?whose=all").await;
    assert!(forced.contains("Nothing falls due"), "{forced}");
    let all = shown(&server, "only-internal-auditor", "/lapses?whose=all").await;
    assert!(all.contains("/uses/credit-card-default") || all.contains("/record/approval/ccd-pilot-manager"));
    let cookie = server.begun("only-internal-auditor").await;
    let path = "/lapses?whose=all&days=60&format=csv";
    let csv = server.ask("GET", path, &[("cookie", &cookie)], "").await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("dualtrack-lapses.csv"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_a_use_stays_and_dissent_reaches_those_who_decide() {
    let server = Server::new().await;
    let said =
        json!({ "id": "too-soon", "use": "client-assistant", "what": "Too <b>soon</b>.", "dissents": true });
    assert_eq!(does(&server, "only-developer", "comment", said.clone()).await, StatusCode::OK);
    assert_eq!(
        does(&server, "only-developer", "comment", said).await,
        StatusCode::CONFLICT,
        "it is never changed"
    );
    let calm = json!({ "id": "thanks", "use": "client-assistant", "what": "Thank you." });
    assert_eq!(does(&server, "only-internal-auditor", "comment", calm).await, StatusCode::OK);
    let of = shown(&server, "only-risk-officer", "/uses/client-assistant").await;
    assert!(of.contains("Too &lt;b&gt;soon&lt;/b&gt;.") && of.contains("Thank you."));
    let pack = shown(&server, "only-risk-officer", "/approvals/client-assistant").await;
    assert!(row(&pack, "/record/comment/too-soon").contains("dissents"));
    assert!(!pack.contains("/record/comment/thanks"));
    for onlooker in ["only-supervisor", "only-educator", "only-partner"] {
        let said = json!({ "id": "other", "use": "client-assistant", "what": "No." });
        assert_eq!(does(&server, onlooker, "comment", said).await, StatusCode::FORBIDDEN, "{onlooker}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_uses_are_assigned_at_once_or_none_is() {
    let server = Server::new().await;
    let people = async |of: &str| {
        let token = server.token("only-compliance-officer", &[]).await;
        let read = server.as_person(&token, "GET", &format!("/api/v1/uses/{of}"), "").await;
        read.body["document"]["people"].clone()
    };
    let form = shown(&server, "only-compliance-officer", "/do/assign?stage=sandbox").await;
    assert!(form.contains("value=\"client-assistant\""), "the uses are narrowed as the list was");
    assert!(!form.contains("value=\"transaction-monitoring\""));
    let uses = json!(["client-assistant", "credit-card-default"]);
    let mut many = json!({ "uses": uses, "part": "validator", "person": "only-validator" });
    assert_eq!(does(&server, "only-compliance-officer", "assign", many.clone()).await, StatusCode::OK);
    for of in ["client-assistant", "credit-card-default"] {
        let validators = people(of).await["validators"].clone();
        assert!(validators.as_array().unwrap().contains(&json!("only-validator")), "{of}: {validators}");
    }
    // One who is barred in one of them validates none by this.
    many["person"] = json!("mok-lai-sheung");
    assert_eq!(does(&server, "only-compliance-officer", "assign", many).await, StatusCode::CONFLICT);
    assert!(!people("credit-card-default").await["validators"].to_string().contains("mok-lai-sheung"));
    // Whoever is replaced stays barred.
    let instead = json!({
        "uses": ["client-assistant"], "part": "builder", "person": "lau-chi-ho", "instead_of": "lee-hiu-tung",
    });
    assert_eq!(does(&server, "only-compliance-officer", "assign", instead).await, StatusCode::OK);
    let after = people("client-assistant").await;
    assert_eq!(after["builders"], json!(["lau-chi-ho"]));
    assert_eq!(after["formerly"], json!(["lee-hiu-tung"]));
    // An owner of one of them does not assign in the others.
    let both = json!({ "uses": uses, "part": "builder", "person": "chan-tsz-ching" });
    assert_eq!(does(&server, "mok-lai-sheung", "assign", both).await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_attestation_is_recorded_for_each_of_many_uses() {
    let server = Server::new().await;
    let cookie = server.begun("only-compliance-officer").await;
    let path = "/attest-many?kind=training-record";
    let form = server.ask("GET", path, &[("cookie", &cookie)], "").await;
    let text = String::from_utf8(form.bytes.to_vec()).unwrap();
    let token = text.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("form", token)
        .append_pair("uses", "client-assistant")
        .append_pair("uses", "research-assistant")
        .append_pair("id", "trained")
        .append_pair("kind", "training-record")
        .append_pair("controls", "hkma-ai-2019.log-retention")
        .append_pair("statement.en", "The team was trained.")
        .append_pair("expires", "2027-11-01")
        .finish();
    let headers = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let sent = server.form(path, &headers, &body).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", String::from_utf8_lossy(&sent.bytes));
    let api = server.token("only-compliance-officer", &[]).await;
    for of in ["client-assistant", "research-assistant"] {
        let piece = format!("/api/v1/evidence/trained-{of}");
        let piece = server.as_person(&api, "GET", &piece, "").await;
        assert_eq!(piece.status, StatusCode::OK, "{of}");
        assert_eq!(piece.body["document"]["about"]["use"], of);
        assert_eq!(piece.body["document"]["by"], "only-compliance-officer");
    }
}
