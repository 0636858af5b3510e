//! The figures of the record: a large institution, a real server, and load from this same machine.
//!
//! `cargo bench --bench record` makes 2,000 uses and 100,000 pieces of evidence from the example bank (kept under
//! `DUALTRACK_BENCH_DATA`, or made anew), measures at the desk, starts the server, and asks it 50 times a second for a
//! minute, and for its pages as often. It prints figures and asserts none: how fast a machine is belongs in a document, not in a test.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark stops when it cannot run, and its figures have three digits"
)]

#[path = "record/apart.rs"]
mod apart;
#[path = "record/bank.rs"]
mod bank;
#[path = "record/load.rs"]
mod load;
#[path = "record/pages.rs"]
mod pages;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use dualtrack_governance::{Authority, Book, Command as Act, Desk, Officer, Product, catch_up};
use dualtrack_inventory::PersonId;
use dualtrack_ledger::{Disk, KeyStore, Ledger, Options, Place, Reader, SigningKey};
use dualtrack_store::{Engine, Moment, Store};
use jiff::Timestamp;

/// As in the program.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let kept = option("DUALTRACK_BENCH_DATA").map(PathBuf::from);
    let made = tempfile::tempdir().unwrap();
    let data = kept.unwrap_or_else(|| made.path().join("data"));
    let seconds: u64 = option("DUALTRACK_BENCH_SECONDS").and_then(|text| text.parse().ok()).unwrap_or(60);
    let tokens = runtime.block_on(prepare(&data));
    let sessions = runtime.block_on(at_the_desk(&data));
    load::run(&data, &tokens, &sessions, seconds);
}

#[expect(clippy::disallowed_methods, reason = "a benchmark is told by its environment what to do")]
fn option(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Timestamp {
    Timestamp::now()
}

fn say(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Makes the data folder as a first start would, founds the institution, and makes tokens.
async fn prepare(data: &Path) -> Vec<String> {
    let token_file = data.join("bench-tokens");
    if let Ok(tokens) = std::fs::read_to_string(&token_file) {
        return tokens.lines().map(ToOwned::to_owned).collect();
    }
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_dualtrack"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_secs(4));
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    child.wait().unwrap();
    let desk = open(data).await;
    let documents = bank::given();
    say(&format!("documents                         {:>10}", documents.len()));
    desk.act(officer("administrator"), Act::FoundRecord { documents }, None, now()).await.unwrap();
    say(&format!("founding                          {:>10.1} s", begun.elapsed().as_secs_f64()));
    let tokens = bank::tokens(&desk, now()).await;
    Arc::into_inner(desk).unwrap().close().await.unwrap();
    std::fs::write(token_file, tokens.join("\n")).unwrap();
    tokens
}

/// What is measured without a network: the whole board, and the impact of one piece of evidence. The sessions of those whose
/// pages are looked at afterwards.
async fn at_the_desk(data: &Path) -> Vec<pages::Session> {
    let desk = open(data).await;
    let common = desk.common(now()).await.unwrap();
    let mut whole = Vec::new();
    for _ in 0..3 {
        let begun = Instant::now();
        let board = desk.compute_board(&common, Moment::Now).await.unwrap();
        whole.push(begun.elapsed());
        assert!(!board.lines.is_empty());
    }
    whole.sort();
    say(&format!("whole coverage matrix, median of 3{:>10.0} ms", whole[1].as_secs_f64() * 1e3));
    let board = desk.board(now()).await.unwrap();
    say(&format!("  uses × controls                 {:>7} × {}", board.lines.len(), board.columns.len()));
    drop(board);
    let mut times = Vec::new();
    for number in 0..200 {
        let action = bank::evidence(number, now());
        let begun = Instant::now();
        desk.act(officer(bank::GIVER), action, None, now()).await.unwrap();
        times.push(begun.elapsed());
    }
    times.sort();
    let at = |place: usize| times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    say(&format!(
        "evidence added, entered and its impact known, median {:.1} ms, p99 {:.1} ms",
        at(100),
        at(197)
    ));
    apart::account(&desk, now()).await;
    let sessions = pages::sessions(&desk, now()).await;
    Arc::into_inner(desk).unwrap().close().await.unwrap();
    sessions
}

fn officer(person: &str) -> Officer {
    Officer {
        runs_checks: false,
        person: PersonId::parse(person).unwrap(),
        stepped_up: true,
        scopes: None,
        language: dualtrack_catalogue::Language::En,
    }
}

/// Opens a data folder at the desk, as the server does.
async fn open(data: &Path) -> Arc<Desk> {
    let settings: serde_json::Value =
        serde_json::from_slice(&std::fs::read(data.join("ledger/settings.json")).unwrap()).unwrap();
    let text = |name: &str| settings[name].as_str().unwrap().to_owned();
    let keys = PathBuf::from(text("keys"));
    let place =
        Place { origin: text("origin"), root: data.join("ledger"), register: text("register").into() };
    let signer =
        SigningKey::parse(std::fs::read_to_string(keys.join("signing.key")).unwrap().trim()).unwrap();
    let millis = u64::try_from(now().as_millisecond()).unwrap();
    let (ledger, _) = Ledger::open(
        Arc::new(Disk),
        place.clone(),
        Options::default(),
        (vec![Box::new(signer)], Vec::new()),
        Some(&keys.join("subjects")),
        millis,
    )
    .unwrap();
    let subjects: Arc<std::sync::Mutex<KeyStore>> = Arc::clone(ledger.keys().unwrap());
    let store = Store::open(Engine::of(data, None).unwrap()).await.unwrap();
    let holder = text("instance");
    let seen = store.lease().await.unwrap();
    assert!(store.take_lease(&holder, seen.as_ref()).await.unwrap());
    let reader = Reader::open(Arc::new(Disk), &place.root).unwrap();
    catch_up(&reader, &subjects, &store, &holder, |_, _| {}).await.unwrap();
    let book = Book::new(ledger, subjects, holder.clone(), millis);
    let product = Arc::new(Product::load("bench", bank::guidelines()).unwrap());
    Arc::new(Desk::new(store, book, Authority::load().unwrap(), product, holder))
}
