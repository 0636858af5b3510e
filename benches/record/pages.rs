//! The console under the same load: how long each screen takes, what it weighs, and how many views a second.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dualtrack_governance::Desk;
use dualtrack_inventory::{Document, Key, Kind};
use dualtrack_store::operations::SessionRow;
use dualtrack_web::sign_in::session::{self, COOKIE};
use jiff::Timestamp;

use crate::bank::use_id;
use crate::load::{agent, report, steadily};
use crate::say;

/// Page views a second while each screen is timed.
const RATE: u64 = 50;
/// Whose pages are asked for: they see the whole record.
const READERS: [&str; 4] = ["leung-suk-fan", "tam-yat-long", "pang-wing-yan", "ng-siu-ming"];
/// The screens, with `{use}` where one of the uses stands.
pub(crate) const SCREENS: [&str; 38] = [
    "/",
    "/uses",
    "/uses?q=card&sort=-tier",
    "/uses/{use}",
    "/uses/{use}?controls=all",
    "/uses/{use}/controls/hkma-ai-2019.audit-logs",
    "/uses/{use}/profile",
    "/uses/{use}/validation",
    "/uses/{use}/assessment",
    "/approvals",
    "/approvals/{use}",
    "/validation",
    "/coverage",
    "/coverage?page=2",
    "/coverage/hkma-ai-2019",
    "/guidelines",
    "/guidelines/hkma-ai-2019",
    "/models",
    "/datasets",
    "/providers",
    "/providers/meridian-inference",
    "/flows",
    "/incidents",
    "/lapses",
    "/people",
    "/people/leung-suk-fan",
    "/trail",
    "/ledger",
    "/search?q=credit",
    "/settings",
    "/settings/rules",
    "/settings/program",
    "/record/use/{use}",
    "/uses/{use}/attest",
    "/do/suspend?use={use}",
    "/notices",
    "/account",
    "/design",
];

/// Somebody who is signed in.
pub(crate) struct Session {
    pub(crate) row: SessionRow,
    pub(crate) cookie: String,
}

/// Begins a session for each reader, as a sign-in does.
pub(crate) async fn sessions(desk: &Desk, now: Timestamp) -> Vec<Session> {
    let mut sessions = Vec::new();
    let common = desk.common(now).await.unwrap();
    for person in READERS {
        let offices = match common.documents.get(&Key::new(Kind::Person, person)) {
            Some((_, Document::Person(person))) => {
                person.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ")
            }
            _ => String::new(),
        };
        let (secret, row) =
            session::begin(person, session::Kind::Local, &offices, now.as_millisecond()).unwrap();
        desk.store().operations().add_session(&row).await.unwrap();
        let cookie = format!("{COOKIE}={}; dualtrack-language=en", secret.reveal());
        sessions.push(Session { row, cookie });
    }
    sessions
}

pub(crate) struct Browsers {
    pub(crate) agent: ureq::Agent,
    pub(crate) address: String,
    pub(crate) cookies: Vec<String>,
}

impl Browsers {
    pub(crate) fn new(address: &str, sessions: &[Session]) -> Self {
        let cookies = sessions.iter().map(|session| session.cookie.clone()).collect();
        Self { agent: agent(), address: address.to_owned(), cookies }
    }

    /// Views a page; how many bytes came.
    pub(crate) fn view(&self, number: usize, screen: &str) -> usize {
        let path = screen.replace("{use}", &use_id(number * 37));
        let mut answer = self
            .agent
            .get(format!("{}{path}", self.address))
            .header("accept", "text/html")
            .header("accept-encoding", "gzip")
            .header("cookie", self.cookies.get(number % self.cookies.len()).unwrap())
            .call()
            .unwrap();
        let text = answer.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        text.len()
    }

    /// Every screen in turn, at a steady rate, whatever the answers take: what waits counts as waiting.
    pub(crate) fn each_screen(&self, seconds: u64) {
        for screen in SCREENS {
            self.view(0, screen);
        }
        let largest: Mutex<BTreeMap<&str, usize>> = Mutex::default();
        let times = steadily(RATE, seconds, |number| {
            let screen = SCREENS[number % SCREENS.len()];
            let bytes = self.view(number / SCREENS.len(), screen);
            let mut largest = largest.lock().unwrap();
            let known = largest.entry(screen).or_default();
            *known = bytes.max(*known);
            screen
        });
        let largest = largest.into_inner().unwrap();
        say(&format!(
            "screens, {RATE} views a second for {seconds} s          number   median      p99      max (ms)"
        ));
        let mut all = Vec::new();
        for (screen, times) in times {
            report(&format!("{screen} ({} KB)", largest[screen].div_ceil(1024)), &times);
            all.extend(times);
        }
        all.sort();
        report("all", &all);
    }

    /// As many page views as it answers, over all screens.
    pub(crate) fn views(&self, span: Duration) {
        let count = AtomicUsize::new(0);
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    while begun.elapsed() < span {
                        let number = count.fetch_add(1, Ordering::Relaxed);
                        self.view(number / SCREENS.len(), SCREENS[number % SCREENS.len()]);
                    }
                });
            }
        });
        let rate = count.into_inner() as f64 / begun.elapsed().as_secs_f64();
        say(&format!("page views over all screens, 8 clients {rate:>5.0} a second"));
    }
}
