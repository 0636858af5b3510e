//! The accounts of a demo: one for each office, with random passwords that are kept in its folder.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use dualtrack_catalogue::Language;
use dualtrack_governance::{Command, Desk};
use dualtrack_inventory::PersonId;
use dualtrack_web::sign_in::password;
use dualtrack_web::sign_in::secret::Secret;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::act;
use crate::failure::Failure;
use crate::ledger::refused;
use crate::terminal::Terminal;

/// The accounts of a demo.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Accounts {
    accounts: Vec<Kept>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Kept {
    name: String,
    person: String,
    password: String,
}

impl Accounts {
    /// Those of a folder; none where it holds no demo.
    pub(super) fn read(data: &Path) -> Result<Option<Self>, Failure> {
        let path = data.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => serde_json::from_str(&text).map(Some).map_err(|_| {
                Failure::input(format!("`{}` is damaged; name a new folder with --data", path.display()))
            }),
            Err(_) => Ok(None),
        }
    }

    /// Keeps them for the owner of the folder alone.
    pub(super) fn write(&self, data: &Path) -> Result<(), Failure> {
        let path = data.join(FILE);
        let text = serde_json::to_string_pretty(self).map_err(refused)?;
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written =
            options.open(&path).and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()));
        written.map_err(|error| Failure::file("write", &path, &error, "name another folder with --data"))
    }

    /// How to sign in, and what to try first.
    pub(super) fn in_words(&self, terminal: Terminal) -> String {
        let mut text = format!(
            "{}\n\n",
            terminal.say(
                "Harbour Bank is made up; its data is real. Sign in as any of these:",
                "海港銀行為虛構，數據則為真實。可用以下任何帳戶登入："
            )
        );
        for one in &self.accounts {
            let _ = writeln!(text, "  {:<24} {}", one.name, one.password);
        }
        let _ = write!(
            text,
            "\n{}\n\n",
            terminal.say(
                "First thing to try: as business-owner, open Credit-card default scoring and see what blocks its gate.",
                "首先可試：以 business-owner 登入，打開信用卡違約評分，看看下一關卡受何所阻。"
            )
        );
        text
    }
}

/// Opens an account for one person of each office.
pub(super) async fn open(desk: &Arc<Desk>, now: Timestamp) -> Result<Accounts, Failure> {
    for (id, english, chinese, role) in GUESTS {
        let person = json!({ "id": id, "name": { "en": english, "zh-Hant": chinese }, "roles": [role] });
        act(desk, ADMINISTRATOR, Command::InvitePerson { document: person }, now).await?;
    }
    let mut accounts = Vec::new();
    for (name, person) in PEOPLE {
        if person != ADMINISTRATOR {
            let open = Command::OpenAccount {
                person: PersonId::parse(person).map_err(refused)?,
                name: name.to_owned(),
                email: None,
                language: Language::En,
            };
            act(desk, ADMINISTRATOR, open, now).await?;
            let account = dualtrack_store::operations::Account {
                person: person.to_owned(),
                name: name.to_owned(),
                email: None,
                password: None,
                language: "en".to_owned(),
                identity: None,
                made: now.as_millisecond(),
                closed: None,
            };
            desk.store().operations().add_account(&account).await.map_err(refused)?;
        }
        let given = words()?;
        let hash = password::hash(&Secret::new(given.clone()), name).map_err(refused)?;
        desk.store().operations().set_password(person, &hash).await.map_err(refused)?;
        accounts.push(Kept { name: name.to_owned(), person: person.to_owned(), password: given });
    }
    Ok(Accounts { accounts })
}

/// A random password that can be typed: 20 letters of base32, in groups.
fn words() -> Result<String, Failure> {
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|error| Failure::input(format!("no random bytes: {error}")))?;
    let letters = b"abcdefghjkmnpqrstuvwxyz23456789z";
    let mut text = String::new();
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index.is_multiple_of(5) {
            text.push('-');
        }
        let letter = letters.get(usize::from(byte & 31)).copied().unwrap_or(b'a');
        text.push(char::from(letter));
    }
    Ok(text)
}

const FILE: &str = "demo-accounts.json";
pub(super) const ADMINISTRATOR: &str = "administrator";
/// People of the demo who are not of the bank.
const GUESTS: [(&str, &str, &str, &str); 3] = [
    ("visiting-supervisor", "Visiting supervisor", "到訪監管人員", "supervisor"),
    ("university-partner", "University partner", "大學合作夥伴", "partner"),
    ("money-educator", "Financial educator", "理財教育人員", "educator"),
];
/// One account an office: its name, and whose it is.
const PEOPLE: [(&str, &str); 16] = [
    ("business-owner", "wong-ka-wing"),
    ("assistant-owner", "mok-lai-sheung"),
    ("developer", "lau-chi-ho"),
    ("validator", "cheung-mei-ling"),
    ("compliance", "leung-suk-fan"),
    ("risk", "ng-siu-ming"),
    ("data-protection", "yip-hoi-ying"),
    ("security", "kwan-chun-kit"),
    ("senior-manager", "fung-wai-man"),
    ("committee", "yuen-tak-ming"),
    ("operations", "siu-ka-lok"),
    ("auditor", "pang-wing-yan"),
    ("administrator", ADMINISTRATOR),
    ("supervisor", "visiting-supervisor"),
    ("partner", "university-partner"),
    ("educator", "money-educator"),
];
