//! What takes longer by its nature, measured apart: signing in, taking everything away, verifying.

use std::time::{Duration, Instant};

use dualtrack_governance::Desk;
use dualtrack_store::operations::Account;
use dualtrack_web::sign_in::csrf;
use dualtrack_web::sign_in::password;
use dualtrack_web::sign_in::secret::Secret;
use jiff::Timestamp;

use crate::bank::use_id;
use crate::pages::{Browsers, Session};
use crate::say;

const NAME: &str = "wong-ka-wing";
const PASSWORD: &str = "a fair wind from Lantau";

/// An account that signs in with a password, where there is none yet.
pub(crate) async fn account(desk: &Desk, now: Timestamp) {
    let operations = desk.store().operations();
    if operations.account_of(NAME).await.unwrap().is_some() {
        return;
    }
    let account = Account {
        person: NAME.to_owned(),
        name: NAME.to_owned(),
        email: None,
        password: Some(password::hash(&Secret::new(PASSWORD), NAME).unwrap()),
        language: "en".to_owned(),
        identity: None,
        made: now.as_millisecond(),
        closed: None,
    };
    operations.add_account(&account).await.unwrap();
}

/// Times what is named apart, on a server that serves nobody else meanwhile.
pub(crate) fn run(browsers: &Browsers, session: &Session) {
    sign_in(browsers);
    let of = use_id(0);
    let pack = format!("/approvals/{of}?format=pdf");
    for (what, path) in [
        ("the uses as XLSX", "/uses?format=xlsx"),
        ("the uses as PDF", "/uses?format=pdf"),
        ("the coverage matrix as XLSX", "/coverage?format=xlsx"),
        ("an approval pack as PDF", pack.as_str()),
        ("the whole record as YAML", "/api/v1/export"),
    ] {
        let begun = Instant::now();
        let bytes = browsers.view(0, path);
        let (seconds, size) = (begun.elapsed().as_secs_f64(), bytes.div_ceil(1024));
        say(&format!("{what:<40}{seconds:>6.2} s {size:>8} KB"));
    }
    verification(browsers, session);
}

fn sign_in(browsers: &Browsers) {
    let body = serde_json::json!({ "name": NAME, "password": PASSWORD }).to_string();
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let begun = Instant::now();
            let answer = browsers
                .agent
                .post(format!("{}/api/v1/sign-in", browsers.address))
                .header("content-type", "application/json")
                .send(&body)
                .unwrap();
            assert!(answer.status().is_success(), "{}", answer.status());
            begun.elapsed()
        })
        .collect();
    times.sort();
    let (median, worst) = (times[4].as_secs_f64() * 1e3, times[8].as_secs_f64() * 1e3);
    say(&format!("signing in with a password              median {median:.0} ms, slowest {worst:.0} ms"));
}

/// The ledger is verified whole: every entry, every payload, every leaf.
fn verification(browsers: &Browsers, session: &Session) {
    let begun = Instant::now();
    // Its letters need no escaping.
    let form = format!("form={}", csrf::token(&session.row).unwrap());
    let answer = browsers
        .agent
        .post(format!("{}/ledger/verification", browsers.address))
        .header("cookie", &session.cookie)
        .header("origin", &browsers.address)
        .header("content-type", "application/x-www-form-urlencoded")
        .config()
        .max_redirects(0)
        .build()
        .send(&form)
        .unwrap();
    assert_eq!(answer.status(), 303);
    loop {
        let mut page = browsers
            .agent
            .get(format!("{}/ledger/verification", browsers.address))
            .header("cookie", &session.cookie)
            .call()
            .unwrap();
        if !page.body_mut().read_to_string().unwrap().contains("class=\"live\"") {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    say(&format!("verifying the whole ledger              {:>6.2} s", begun.elapsed().as_secs_f64()));
}
