//! A clock that jumps: nobody is let in by it, nothing is dated back, and everything goes on once it is set right.

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::server::{Answer, Server};

const OFFICER: &str = "only-compliance-officer";

async fn give(server: &Server, token: &str, id: &str) -> Answer {
    let task = json!({ "id": id, "assignee": OFFICER, "what": "Look at it." });
    server.as_person(token, "POST", "/api/v1/actions/give-task", &task.to_string()).await
}

/// Who is signed in, as the server sees it.
async fn me(server: &Server, cookie: &str) -> Answer {
    server.ask("GET", "/api/v1/me", &[("cookie", cookie)], "").await
}

/// The times of all entries, oldest first.
async fn times(server: &Server, token: &str) -> Vec<Timestamp> {
    let trail = server.as_person(token, "GET", "/api/v1/trail?limit=500", "").await;
    let items = trail.body["items"].as_array().unwrap();
    items.iter().rev().map(|entry| entry["at"].as_str().unwrap().parse().unwrap()).collect()
}

/// The tasks that were on record at an instant.
async fn tasks(server: &Server, token: &str, as_of: Option<Timestamp>) -> usize {
    let query = as_of.map(|at| format!("?as_of={at}")).unwrap_or_default();
    let listed = server.as_person(token, "GET", &format!("/api/v1/tasks{query}"), "").await;
    assert_eq!(listed.status, StatusCode::OK, "{}", listed.body);
    listed.body["items"].as_array().unwrap().len()
}

const fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumped_back_takes_no_changes_until_it_is_set_right() {
    let server = Server::new().await;
    let token = server.token(OFFICER, &[]).await;
    server.move_clock(seconds(900));
    let session = server.session(OFFICER).await;
    let held = server.session("only-risk-officer").await;
    assert_eq!(give(&server, &token, "before").await.status, StatusCode::OK);
    let before = server.now();

    server.move_clock(seconds(-600));
    let refused = give(&server, &token, "back").await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.contains("the clock is 600 s behind the last entry"), "{detail}");
    // A session is not made younger by it; what is read is still what is on record.
    let ended = me(&server, &session).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert!(ended.body["detail"].as_str().unwrap().contains("went back"), "{}", ended.body);
    assert_eq!(tasks(&server, &token, None).await, 1);
    assert_eq!(tasks(&server, &token, Some(server.now())).await, 0);

    server.move_clock(seconds(600));
    assert_eq!(give(&server, &token, "after").await.status, StatusCode::OK);
    // What was ended stays ended; who did not ask meanwhile noticed nothing.
    assert_eq!(me(&server, &session).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(me(&server, &held).await.status, StatusCode::OK);
    assert_eq!(tasks(&server, &token, None).await, 2);
    assert_eq!(tasks(&server, &token, Some(before - seconds(60))).await, 0);
    let times = times(&server, &token).await;
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(server.bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_lags_a_little_dates_nothing_before_what_was_entered() {
    let server = Server::new().await;
    let token = server.token(OFFICER, &[]).await;
    for (number, by) in [0, -20, 5, -30, 40, -1].into_iter().enumerate() {
        server.move_clock(seconds(by));
        let done = give(&server, &token, &format!("task-{number}")).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        // What is done is there at once, whatever the clock shows.
        assert_eq!(tasks(&server, &token, None).await, number + 1);
    }
    let times = times(&server, &token).await;
    assert!(times.is_sorted(), "{times:?}");
    let last = *times.last().unwrap();
    assert_eq!(tasks(&server, &token, Some(last)).await, 6);
    assert_eq!(tasks(&server, &token, Some(last + seconds(86_400))).await, 6);
    assert_eq!(tasks(&server, &token, Some(times[0] - seconds(1))).await, 0);
    assert_eq!(server.bank.rebuilt_difference().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumped_ahead_and_was_set_right_leaves_nothing_open() {
    let server = Server::new().await;
    let token = server.token(OFFICER, &["view-record", "manage-tasks"]).await;
    let session = server.session(OFFICER).await;
    assert_eq!(give(&server, &token, "before").await.status, StatusCode::OK);

    server.move_clock(seconds(400 * 86_400));
    let expired = give(&server, &token, "ahead").await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED);
    assert!(expired.body["detail"].as_str().unwrap().contains("has expired"), "{}", expired.body);
    assert_eq!(me(&server, &session).await.status, StatusCode::UNAUTHORIZED);
    // Somebody signs in, and is out again once the clock is right: that session would last for more than a year.
    let body = json!({ "name": OFFICER, "password": "a fair wind from Lantau" }).to_string();
    let signed_in = server.ask("POST", "/api/v1/sign-in", &[], &body).await;
    assert_eq!(signed_in.status, StatusCode::OK, "{}", signed_in.body);
    let cookie = signed_in.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(me(&server, &cookie).await.status, StatusCode::OK);
    let made = json!({ "name": "ahead", "scopes": ["manage-tasks", "view-record"], "days": 366 });
    let made = server.in_session(&cookie, "/api/v1/me/tokens", &made).await;
    let ahead = made.body["token"].as_str().unwrap_or_else(|| panic!("{}", made.body)).to_owned();

    server.move_clock(seconds(-400 * 86_400));
    let ended = me(&server, &cookie).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert_eq!(me(&server, &cookie).await.status, StatusCode::UNAUTHORIZED, "it stays ended");
    // A token that was made by a clock that was ahead is not good for longer than any other.
    let refused = give(&server, &ahead, "with-a-token-of-the-future").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.body);
    assert_eq!(give(&server, &token, "after").await.status, StatusCode::OK);
    // The sign-in that failed nowhere is counted nowhere.
    let again = server.ask("POST", "/api/v1/sign-in", &[], &body).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.body);
    let none: Value = server.as_person(&token, "GET", "/api/v1/tasks", "").await.body;
    assert_eq!(none["items"].as_array().unwrap().len(), 2);
    assert_eq!(server.bank.rebuilt_difference().await, None);
}
