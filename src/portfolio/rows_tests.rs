//! What rows come to.

use super::*;
use crate::sheet::Row;

fn known() -> Known {
    let named = |id: &str, name: &str| Named { id: id.into(), names: vec![name.into()] };
    Known {
        people: vec![named("lau-chi-ho", "Lau Chi-ho")],
        entities: vec![named("bank", "The Bank"), named("securities", "The Securities")],
        models: vec![named("scorer", "Scorer")],
        providers: Vec::new(),
        uses: BTreeMap::from([("taken".to_owned(), "pilot".to_owned())]),
    }
}

fn read(headings: &[&str], rows: &[&[&str]], due: Option<Date>) -> (Vec<Brought>, Vec<String>) {
    let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let rows = (2..).zip(rows).map(|(number, cells)| Row { number, cells: texts(cells) });
    let sheet = Sheet { headings: texts(headings), rows: rows.collect() };
    let mapping = Mapping::of(&sheet, None, Language::En).unwrap();
    let default = CatchUpDefault { today: Date::constant(2026, 11, 27), due };
    let (uses, errors) = uses_of(&sheet, &mapping, &known(), default);
    let file = Path::new("list.csv");
    for error in &errors {
        let chinese = error.line(file, Language::ZhHant);
        let said = chinese.split_once("欄：").unwrap().1;
        assert!(said.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter)), "{chinese}");
        assert_ne!(error.what.en, error.what.zh_hant);
    }
    (uses, errors.iter().map(|error| error.line(file, Language::En)).collect())
}

const LATER: Date = Date::constant(2027, 6, 30);

#[test]
fn what_a_list_does_not_say_asks_for_most() {
    let headings = ["Name", "Purpose", "Owner", "Entity"];
    let row: &[&str] = &["Fraud model", "Finds fraud", "Lau Chi-ho", "bank"];
    let (uses, errors) = read(&headings, &[row], Some(LATER));
    assert_eq!(errors, Vec::<String>::new());
    let one = uses.first().unwrap();
    assert_eq!((one.id.as_str(), one.stage, one.live), ("fraud-model", Stage::Production, true));
    assert_eq!(one.due, [LATER]);
    let document = &one.imported["document"];
    assert_eq!(document["profile"], json!({}), "what is not known stays unknown");
    assert_eq!(document["purposes"], json!(["other"]));
    assert_eq!(document["stage_since"], "2026-11-27");
    assert_eq!(document["name"]["zh-Hant"], "Fraud model");
    assert_eq!(one.imported["catch_up"][0]["by"], "lau-chi-ho");
}

#[test]
fn everything_wrong_with_a_row_is_said_at_once() {
    let headings = [
        "Id",
        "Name",
        "Purpose",
        "Owner",
        "Entity",
        "Stage",
        "Live",
        "Since",
        "Personal data",
        "Catch up 1",
        "Due 1",
    ];
    let (uses, errors) = read(
        &headings,
        &[
            &[
                "Fraud_1",
                "F",
                "",
                "nobody",
                "",
                "phase 2",
                "maybe",
                "31/12/2025",
                "partly",
                "Test it",
                "2020-01-01",
            ],
            &["taken", "G", "g", "lau-chi-ho", "bank", "idea", "yes", "2027-01-01"],
            &["h", "H", "h", "lau-chi-ho", "bank", "pilot", "", "", "", "Test it", ""],
            &["h", "H", "h", "lau-chi-ho", "bank", "pilot", "", "", "", "Test it", "2027-01-01"],
            &["i", "I", "i", "lau-chi-ho", "bank", "pilot"],
        ],
        None,
    );
    let errors = errors.join("\n");
    for expected in [
        "list.csv:2: column Purpose: it is empty; say what the use is for",
        "list.csv:2: column Id: `Fraud_1` is no id",
        "list.csv:2: column Owner: no person on record is called `nobody`",
        "list.csv:2: column Entity: it is empty; name one of bank, securities",
        "list.csv:2: column Stage: `phase 2` is no stage",
        "list.csv:2: column Live: `maybe` is neither yes nor no",
        "list.csv:2: column Since: `31/12/2025` is no date; write year-month-day",
        "list.csv:2: column Personal data: `partly` is neither",
        "list.csv:2: column Due 1: 2020-01-01 has passed",
        "list.csv:3: column Id: `taken` is on record already (pilot)",
        "list.csv:3: column Live: an idea does not run",
        "list.csv:3: column Since: 2027-01-01 has not come yet",
        "list.csv:4: column Due 1: it is empty; write by when",
        "list.csv:5: column Id: `h` is the id of row 4 too",
        "list.csv:6: column Catch up 1: a use that runs needs a plan to catch up",
    ] {
        assert!(errors.contains(expected), "{expected} is not in\n{errors}");
    }
    assert!(uses.is_empty(), "{uses:?}");
}

#[test]
fn what_does_not_run_comes_in_as_an_idea() {
    let headings = ["Name", "Purpose", "Owner", "Entity", "Stage", "Models"];
    let (uses, errors) = read(
        &headings,
        &[
            &["Tester", "Tests", "lau-chi-ho", "bank", "Testing", "Scorer; scorer"],
            &["Old", "o", "lau-chi-ho", "bank", "retired"],
        ],
        None,
    );
    let one = uses.first().unwrap();
    assert_eq!((one.stage, one.live), (Stage::Idea, false));
    assert_eq!(errors, ["list.csv:3: column Stage: the use has ended; take the row out"]);
}
