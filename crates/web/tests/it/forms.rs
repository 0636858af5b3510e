//! Forms: nothing typed is ever lost, nothing counts twice, and nothing that somebody types is more than text.

use axum::http::StatusCode;
use dualtrack_governance::AsOf;
use dualtrack_inventory::{Document, Key, Kind};

use crate::html::{Form, Page};
use crate::server::Server;
use crate::visitor::Visitor;

const OFFICER: &str = "only-compliance-officer";

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_form_comes_back_with_what_was_typed() {
    let server = Server::new().await;
    let (one, two) = (Visitor::of(&server, OFFICER).await, Visitor::of(&server, OFFICER).await);
    let path = "/edit/use/client-assistant";
    let mine = one.page(path).await.form().typed("purpose.en", "Answers, as I typed it.");
    let theirs = two.page(path).await.form().typed("next_review", "2027-03-31");
    assert!(two.send(&theirs).await.leads().starts_with("/uses/client-assistant?done=change-use"));

    let stale = one.send(&mine).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let page = stale.page();
    assert!(page.text.contains("changed"), "{}", page.text);
    assert!(page.all("a").any(|link| link.attribute("href") == "/uses/client-assistant"));
    let again = page.form();
    assert_eq!(again.field("purpose.en"), Some("Answers, as I typed it."));
    assert_eq!((mine.field("version"), again.field("version")), (Some("1"), Some("2")));
    // Sending it once more is her decision, over what she was shown.
    assert!(one.send(&again).await.leads().starts_with("/uses/client-assistant?done=change-use"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_waits_until_she_has_signed_in_again() {
    let server = Server::new().await;
    server.account(OFFICER, PASSWORD).await;
    let mut visitor = Visitor::of(&server, OFFICER).await;
    // What the form is about stands in its address; what is chosen, in fields that stand several times.
    let path = "/do/record-change?use=client-assistant";
    let mut form = visitor.page(path).await.form().typed("because.en", "Line one.\nLine “two” & <three>.");
    form.fields.push(("parts".into(), "models".into()));
    form.fields.push(("parts".into(), "prompts".into()));
    form.fields.push(("password".into(), "typed into the wrong field".into()));
    visitor.cookie = format!("__Host-dualtrack={}", "A".repeat(43));
    let kept = visitor.send(&form).await;
    assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
    assert!(!kept.text().contains("typed into the wrong field"));
    let sign_in = kept.page().form().typed("name", OFFICER).typed("password", "a guess");
    assert_eq!(sign_in.field("next"), Some(path));
    // A wrong password loses nothing either.
    let refused = visitor.send(&sign_in).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let sign_in = refused.page().form().typed("password", PASSWORD);
    let inside = visitor.send(&sign_in).await;
    assert_eq!(inside.status, StatusCode::OK, "{}", inside.text());
    visitor.cookie = inside.session();
    // It is shown filled in, and sent only once she sends it.
    let before = server.bank.reader().size();
    let shown = visitor.send(&inside.page().form()).await;
    assert_eq!((shown.status, server.bank.reader().size()), (StatusCode::OK, before));
    let again = shown.page().form();
    assert_eq!(again.action, path);
    let because = again.field("because.en").unwrap().replace("\r\n", "\n");
    assert_eq!(because, "Line one.\nLine “two” & <three>.");
    let parts: Vec<_> = again.fields.iter().filter(|(name, _)| name == "parts").collect();
    assert_eq!(parts.len(), 2, "{parts:?}");
    // It is hers to send, and is held against the record as any other: the use did not change.
    let sent = visitor.send(&again).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(sent.page().text.contains("what differs from before is []"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_address_leads_back_after_signing_in() {
    let server = Server::new().await;
    let long = "%E4%BF%A1".repeat(60);
    let path = format!("/search?q={long}&sort=name");
    let answer = Visitor::stranger(&server).get(&path).await;
    let door = answer.leads().to_owned();
    let page = Visitor::stranger(&server).page(&door).await;
    assert_eq!(page.form().field("next").unwrap(), path);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_counts_once_however_often_it_is_sent() {
    let server = Server::new().await;
    let visitor = Visitor::of(&server, "only-validator").await;
    let page = visitor.page("/do/find?use=client-assistant").await;
    let form = page.form().typed("statement", "It names last year’s fees.").typed("severity", "low");
    let before = server.bank.reader().size();
    // A double click sends both at once, and a reload sends it once more.
    let (one, two) = tokio::join!(visitor.send(&form), visitor.send(&form));
    let three = visitor.send(&form).await;
    assert_eq!(one.leads(), two.leads());
    assert_eq!(one.leads(), three.leads());
    assert_eq!(server.bank.reader().size(), before + 1);
    // The page opened anew is another form.
    let page = visitor.page("/do/find?use=client-assistant").await;
    let another = page.form().typed("statement", "And another one.").typed("severity", "low");
    assert_ne!(visitor.send(&another).await.leads(), one.leads());
    assert_eq!(server.bank.reader().size(), before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_session_is_refused_and_kept() {
    let server = Server::new().await;
    let (mine, other) = (Visitor::of(&server, OFFICER).await, Visitor::of(&server, "only-operations").await);
    let path = "/do/suspend?use=client-assistant";
    let form = other.page(path).await.form().typed("because.en", "Stop it.");
    let before = server.bank.reader().size();
    for token in [form.field("form").unwrap(), "", "A"] {
        let refused = mine.send(&form.typed("form", token)).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert_eq!(refused.page().form().field("because.en"), Some("Stop it."));
    }
    let without = Form { fields: vec![("because.en".into(), "Stop it.".into())], ..form.clone() };
    assert_eq!(mine.send(&without).await.status, StatusCode::CONFLICT);
    assert_eq!(server.bank.reader().size(), before);
    // What came back carries a token of hers.
    let own = mine.send(&form).await.page().form();
    assert!(mine.send(&own).await.leads().contains("done=suspend"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_field_is_said_at_the_field() {
    let server = Server::new().await;
    let cases: [Case; 6] = [
        ("only-administrator", "/new/person", &[("id", "Not An Id!"), ("name.en", "A person")], "id"),
        (
            "only-compliance-officer",
            "/new/use",
            &[("purpose.en", "It is tried."), ("name.en", ""), ("name.zh-Hant", "")],
            "name",
        ),
        (
            "only-validator",
            "/do/find?use=client-assistant",
            &[("severity", "low"), ("statement", "")],
            "statement",
        ),
        (
            "only-validator",
            "/do/find?use=client-assistant",
            &[("severity", "low"), ("statement", "It is."), ("due", "2026-13-45")],
            "due",
        ),
        (
            "only-developer",
            "/do/open-incident",
            &[("uses", "client-assistant"), ("title", "T"), ("severity", "low"), ("discovered", "yesterday")],
            "discovered",
        ),
        (
            "only-compliance-officer",
            "/edit/use/client-assistant",
            &[("next_review", "the day after")],
            "next_review",
        ),
    ];
    let before = server.bank.reader().size();
    for (person, path, typed, wrong) in cases {
        for is_chinese in [false, true] {
            let visitor = Visitor::of(&server, person).await;
            let visitor = if is_chinese { visitor.in_chinese() } else { visitor };
            let mut form = visitor.page(path).await.form();
            for (name, value) in typed {
                form = form.typed(name, value);
            }
            let answer = visitor.send(&form).await;
            assert_eq!(
                answer.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{path} {typed:?}: {}",
                answer.text()
            );
            let page = answer.page();
            let at = [wrong.to_owned(), format!("{wrong}.en")].into_iter().find_map(|name| {
                let problem = page.by_id(&format!("problem-{name}"))?;
                Some((page.by_id(&format!("field-{name}"))?, problem))
            });
            let (field, problem) = at.unwrap_or_else(|| panic!("{path}: nothing at {wrong}: {}", page.text));
            assert!(!problem.text.trim().is_empty());
            assert_eq!(field.attribute("aria-invalid"), "true");
            assert_eq!(field.attribute("aria-describedby"), problem.attribute("id"));
            assert!(page.elements.iter().any(|one| one.attribute("role") == "alert"), "{path}");
            for (name, value) in typed {
                assert_eq!(page.form().field(name).unwrap_or_default(), *value, "{path}: {name} is kept");
            }
        }
    }
    assert_eq!(server.bank.reader().size(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_typed_stays_text() {
    let server = Server::new().await;
    let pages = [
        (OFFICER, "/new/use"),
        (OFFICER, "/edit/use/client-assistant"),
        (OFFICER, "/new/provider"),
        (OFFICER, "/do/suspend?use=client-assistant"),
        ("only-validator", "/do/find?use=client-assistant"),
        ("only-validator", "/do/give-opinion?use=client-assistant"),
        ("only-operations", "/uses/client-assistant/attest"),
        ("only-administrator", "/new/person"),
        (OFFICER, "/uses/client-assistant/profile"),
    ];
    for (person, path) in pages {
        let visitor = Visitor::of(&server, person).await;
        let empty = visitor.page(path).await;
        let tags = |page: &Page| page.all("script").count();
        for hostile in hostile() {
            let mut form = empty.form();
            for (name, value) in &mut form.fields {
                if !["form", "version"].contains(&name.as_str()) {
                    value.clone_from(&hostile);
                }
            }
            server.move_clock(jiff::SignedDuration::from_secs(1));
            let answer = visitor.send(&form).await;
            if answer.status == StatusCode::SEE_OTHER {
                // Where any text will do, it was taken: the page that shows it is read as strictly.
                visitor.page(answer.leads()).await;
                continue;
            }
            assert!(answer.status.is_client_error(), "{path}: {}: {}", answer.status, answer.text());
            // Reading the page strictly is the test: it panics on any tag or attribute that is not ours.
            let page = answer.page();
            assert_eq!(tags(&page), tags(&empty), "{path}");
            let shown: Vec<_> =
                page.form().fields.into_iter().filter(|(_, value)| *value == hostile).collect();
            assert!(shown.len() >= 2 || path.ends_with("profile"), "{path} keeps what was typed");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_entered_stays_text_wherever_it_is_shown() {
    let server = Server::new().await;
    let validator = Visitor::of(&server, "only-validator").await;
    for (number, hostile) in hostile().into_iter().enumerate() {
        let id = format!("hostile-{number}");
        let form = validator.page("/do/find?use=client-assistant").await.form();
        let form = form.typed("id", &id).typed("severity", "high").typed("statement", &hostile);
        let answer = validator.send(&form).await;
        if answer.status == StatusCode::UNPROCESSABLE_ENTITY {
            // Too long, or with letters that no text holds: it says so.
            continue;
        }
        assert!(answer.leads().contains("done=find"), "{}", answer.text());
        let key = Key::new(Kind::Finding, id.as_str());
        let stored = server.bank.desk.document(&key, AsOf::Now).await.unwrap().document;
        let Some(Document::Finding(finding)) = stored else { panic!("{id} is on record") };
        for path in [
            format!("/record/finding/{id}"),
            "/uses/client-assistant".into(),
            "/".into(),
            format!("/search?q={id}"),
        ] {
            let page = validator.page(&path).await;
            let is_shown = page
                .text
                .split_whitespace()
                .collect::<String>()
                .contains(&finding.statement.split_whitespace().collect::<String>().replace('`', ""));
            assert!(is_shown || !path.starts_with("/record"), "{path} shows it whole");
        }
    }
}

/// What people type who mean harm, and what people type who mean none.
fn hostile() -> Vec<String> {
    let long = "字".repeat(5_000) + &"w".repeat(5_000);
    let all = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)' x='",
        "</textarea></title></script><svg onload=alert(1)>",
        "javascript:alert(1)",
        "{{ 7 * 7 }} ${7*7} <%= 7 %> { $count }",
        "&lt;b&gt; &amp; &#x3C;script&#x3E;",
        "`</code><script>alert(1)</script>`",
        "\u{202e}txet desrever \u{2066}isolated",
        "שלום عليكم",
        "=cmd|' /C calc'!A0",
        "]]><!--<script>",
        "信用卡違約評分，「引號」與𠮷野家👨‍👩‍👧",
    ];
    all.into_iter().map(ToOwned::to_owned).chain([long]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_elsewhere() {
    let server = Server::new().await;
    server.account(OFFICER, PASSWORD).await;
    let elsewhere = [
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\r\nset-cookie: a=b",
        "///evil.example",
        "evil.example",
        " //evil.example",
        "",
    ];
    let stranger = Visitor::stranger(&server);
    for to in elsewhere {
        let address = crate::html::form([("next", to.to_owned())]);
        let form = stranger.page(&format!("/sign-in?{address}")).await.form();
        let form = form.typed("name", OFFICER).typed("password", PASSWORD);
        assert_eq!(stranger.send(&form).await.leads(), "/", "{to:?}");
        // The same, with a form that waits.
        let waiting = form.typed("next", to).typed("kept.because", "Stop.");
        let page = stranger.send(&waiting).await.page();
        assert_eq!(page.form().action, "/", "{to:?}");
        let back = Form { action: "/preferences".into(), fields: vec![("back".into(), to.into())] };
        assert_eq!(stranger.send(&back).await.leads(), "/", "{to:?}");
    }
    let form = stranger.page("/sign-in?next=%2Fuses%3Fstage%3Dpilot").await.form();
    let form = form.typed("name", OFFICER).typed("password", PASSWORD);
    assert_eq!(stranger.send(&form).await.leads(), "/uses?stage=pilot");
}

const PASSWORD: &str = "a fair wind from Lantau";

#[tokio::test(flavor = "multi_thread")]
async fn every_question_of_the_questionnaire_can_be_answered() {
    let server = Server::new().await;
    let visitor = Visitor::of(&server, OFFICER).await;
    let path = "/uses/client-assistant/profile";
    let page = visitor.page(path).await;
    let radios = page.elements.iter().filter(|element| element.attribute("type") == "radio");
    let questions: std::collections::BTreeSet<_> =
        radios.map(|element| element.attribute("name").to_owned()).collect();
    assert!(questions.len() > 15, "{questions:?}");
    for answer in ["no", "yes", ""] {
        let mut form = visitor.page(path).await.form();
        for name in &questions {
            form = form.typed(name, answer);
        }
        let sent = visitor.send(&form).await;
        assert!(sent.leads().starts_with("/uses/client-assistant?done=change-use"));
    }
}

/// A try and what it is about.
type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);
