//! Whom the server writes to: what waits for a second person is told to those who could confirm it, and to nobody else.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::served::{Bank, PASSWORD, Server, run, token_of};

/// Mails as a server takes them: to whom, and the text.
type Mails = Arc<Mutex<Vec<(String, String)>>>;

/// Takes every mail that comes to a port of this machine.
fn takes_mails() -> (u16, Mails) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mails = Mails::default();
    let taken = Arc::clone(&mails);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let taken = Arc::clone(&taken);
            std::thread::spawn(move || take(stream, &taken));
        }
    });
    (port, mails)
}

fn take(mut stream: TcpStream, mails: &Mails) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let mut say = |line: &str| stream.write_all(format!("{line}\r\n").as_bytes()).is_ok();
    say("220 mail.bank.example");
    let mut to = String::new();
    while let Some(line) = lines.next() {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "RCPT" => to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned(),
            "DATA" => {
                say("354 go on");
                let text: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
                mails.lock().unwrap().push((to.clone(), text.join("\n")));
            }
            "QUIT" => {
                say("221 bye");
                return;
            }
            _ => {}
        }
        say("250 well");
    }
}

#[test]
fn a_proposal_is_told_to_those_who_may_confirm_it_and_to_nobody_else() {
    let (port, mails) = takes_mails();
    let bank = Bank::founded();
    for (person, _) in PEOPLE {
        let body = json!({ "person": person, "name": person, "email": format!("{person}@bank.example") });
        let (status, answer) = bank.server.post(&bank.token, "/api/v1/actions/open-account", &body);
        assert_eq!(status, 200, "{answer}");
        let link = answer["invitation"]["link"].as_str().unwrap();
        run(bank.place.path(), &bank.server, "", &["account", "accept", link], PASSWORD).well();
    }
    let settings = format!(
        "schema: dualtrack.server/1\nsmtp: {{host: 127.0.0.1, port: {port}, security: none, from: dualtrack@bank.example}}\n"
    );
    std::fs::write(bank.path("data/server.yaml"), settings).unwrap();
    let bank = bank.at(|place, before| {
        before.end();
        Server::start(place, "data")
    });
    // What takes a second person, whose office is not hers.
    let waive = json!({
        "id": "for-a-while", "use": "client-assistant", "control": "hkma-ai-2019.log-retention",
        "because": { "en": "For a while.", "zh-Hant": "暫時。" }, "expires": "2099-06-30",
    });
    std::fs::write(bank.path("waive.json"), waive.to_string()).unwrap();
    let done = bank.run_as("leung-suk-fan", &["act", "waive", "--json", "waive.json"]).well();
    assert!(done.out.contains("proposal"), "{}", done.out);
    // She owns the use, and would rather read in the morning.
    let owner = token_of(bank.place.path(), &bank.server, "mok-lai-sheung");
    let (status, answer) = bank.server.post(&owner, "/api/v1/notices/mails", &json!({ "daily_mail": true }));
    assert_eq!(status, 204, "{answer}");
    // What everybody with a part in the use is told comes after it, so that nothing is waited for that does not come.
    let stop = json!({ "use": "client-assistant", "because": { "en": "Stop.", "zh-Hant": "停。" } });
    std::fs::write(bank.path("stop.json"), stop.to_string()).unwrap();
    bank.run_as("leung-suk-fan", &["act", "suspend", "--json", "stop.json"]).well();
    let begun = Instant::now();
    let told = loop {
        let told = mails.lock().unwrap().clone();
        if told.iter().any(|(_, text)| text.contains("use/client-assistant: suspended")) {
            break told;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "nothing comes: {told:?}");
        std::thread::sleep(Duration::from_millis(100));
    };
    let proposed: BTreeSet<&str> = told
        .iter()
        .filter(|(_, text)| text.contains("waits for a second person"))
        .map(|(to, _)| to.split('@').next().unwrap())
        .collect();
    let expected: BTreeSet<&str> =
        PEOPLE.into_iter().filter(|(_, confirms)| *confirms).map(|(person, _)| person).collect();
    assert_eq!(proposed, expected, "{told:?}");
    assert!(!told.iter().any(|(to, _)| to.starts_with("mok-lai-sheung")), "{told:?}");
    let (_, own) = bank.server.get(&owner, "/api/v1/notices");
    assert_eq!(own["daily_mail"], true);
    assert_eq!(own["notices"][0]["title"], "use/client-assistant: suspended", "{own}");
    assert_eq!(own["notices"][0]["state"], "waiting");
    // A mailbox is read by strangers.
    assert!(!told.iter().any(|(_, text)| text.contains("For a while") || text.contains("log-retention")));
    bank.end();
}

/// People with a mail address, and whether they may confirm the waiver.
const PEOPLE: [(&str, bool); 6] = [
    ("leung-suk-fan", false),
    ("fung-wai-man", true),
    ("tam-yat-long", true),
    ("siu-ka-lok", false),
    ("mok-lai-sheung", false),
    ("cheung-mei-ling", false),
];
