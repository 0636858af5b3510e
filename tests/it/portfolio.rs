//! A portfolio from a spreadsheet, and what logs show, brought into a running record and taken back.

use serde_json::Value;

use crate::dualtrack::repository;
use crate::served::Bank;

fn get(bank: &Bank, path: &str) -> Value {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent
        .get(format!("{}{path}", bank.address()))
        .header("authorization", format!("Bearer {}", bank.token))
        .call()
        .unwrap();
    serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
}

#[test]
fn a_portfolio_is_tried_brought_in_as_inherited_and_taken_back() {
    let bank = Bank::founded();
    // Everything that is wrong is said at once, and nothing is changed.
    std::fs::write(
        bank.path("wrong.csv"),
        "Name,Purpose,Owner,Entity,Stage,Since,Due 1,Budget\n\
         Client assistant,Answers,nobody,harbour-bank,production,2024-01-01,2027-03-31,1\n\
         Fraud model,Finds fraud,wong-ka-wing,harbour-bank,production,01/03/2024,,2\n",
    )
    .unwrap();
    let wrong = bank.run(&["portfolio", "import", "wrong.csv", "--commit"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.out.starts_with("rows 2 · sound 0 · live, as inherited 0\n"), "{}", wrong.out);
    assert!(wrong.out.contains("columns left aside: `Budget`"), "{}", wrong.out);
    for line in [
        "error: wrong.csv:2: column id: `client-assistant` is on record already (sandbox); give it another id",
        "error: wrong.csv:2: column Owner: no person on record is called `nobody`; write the id",
        "error: wrong.csv:3: column Since: `01/03/2024` is no date; write year-month-day",
        "error: wrong.csv:3: column catch_up_1: a use that runs needs a plan to catch up",
    ] {
        assert!(wrong.err.contains(line), "{line} is not in\n{}", wrong.err);
    }
    let chinese = bank.run(&["portfolio", "import", "wrong.csv", "--language", "zh-Hant"]);
    for line in [
        "wrong.csv:2：「id」欄：「client-assistant」已在紀錄中（sandbox）；請改用另一代號，或刪去此行",
        "wrong.csv:2：「Owner」欄：紀錄中沒有名為「nobody」的人員；",
        "wrong.csv:3：「Since」欄：「01/03/2024」並非日期；請按年-月-日填寫",
        "wrong.csv:3：「catch_up_1」欄：正在運作的用例須有補齊計劃",
    ] {
        assert!(chinese.err.contains(line), "{line} is not in\n{}", chinese.err);
    }
    // A dry run changes nothing either.
    let list = repository().join("tests/it/fixtures/portfolio.xlsx");
    let list = list.to_str().unwrap();
    let tried = bank.run(&["portfolio", "import", list]).well();
    assert!(tried.out.contains("rows 2 · sound 2 · live, as inherited 1\n"), "{}", tried.out);
    assert!(tried.out.ends_with("bring it in with --commit\n"), "{}", tried.out);
    assert_eq!(get(&bank, "/api/v1/uses")["total"], 4);
    // Brought in, the live use is inherited, has its plan and no approval.
    let done = bank.run(&["portfolio", "import", list, "--commit"]).well();
    let from = done.out.split('\'').nth(1).expect("the name of the import is printed").to_owned();
    assert!(from.starts_with("portfolio.xlsx 20"), "{from}");
    let export = get(&bank, "/api/v1/export");
    let of = &export["files"]["uses/letter-sorting.yaml"];
    assert_eq!(of["stage"], "production");
    assert_eq!(of["stage_since"], "2024-03-01");
    assert_eq!(of["people"]["owners"][0], "wong-ka-wing");
    assert_eq!(of["profile"], serde_json::json!({ "personal_data": true }));
    assert_eq!(of["inherited"]["from"], from.as_str());
    assert_eq!(of["inherited"]["catch_up"][0]["due"], "2027-03-31");
    assert_eq!(of["inherited"]["catch_up"][0]["what"]["en"], "Validate it independently");
    assert_eq!(export["files"]["uses/branch-forecast.yaml"]["stage"], "idea");
    let approvals = get(&bank, "/api/v1/approvals");
    let approved = approvals["items"].as_array().unwrap().iter();
    let mut approved = approved.filter(|one| one["document"]["use"] == "letter-sorting");
    assert!(approved.next().is_none(), "{approvals}");
    // Twice is refused by name, and what was brought in goes back.
    let twice = bank.run(&["portfolio", "import", list, "--commit"]);
    assert_eq!(twice.code, 2);
    assert!(twice.err.contains("`letter-sorting` is on record already (production)"), "{}", twice.err);
    let undone = bank.run(&["portfolio", "undo", &from]).well();
    assert_eq!(undone.out, "2 uses taken back and retired\n");
    let export = get(&bank, "/api/v1/export");
    assert_eq!(export["files"]["uses/letter-sorting.yaml"]["stage"], "retired");
    let again = bank.run(&["portfolio", "undo", &from]);
    assert_eq!(again.refusal(), format!("no use was brought in from `{from}`"));
    bank.end();
}

#[test]
fn a_list_with_headings_of_its_own_comes_in_with_a_mapping_and_one_day_for_all() {
    let bank = Bank::founded();
    std::fs::write(
        bank.path("list.csv"),
        "System,Why,Answerable,Unit,Engine,Vendor\n\
         Card helper,Answers card holders,Mok Lai-sheung,海港銀行,meridian-chat,harbour-technology-services\n",
    )
    .unwrap();
    let mapping = "schema: dualtrack.columns/1\ncolumns:\n  purpose: Why\n  owner: Answerable\n  entity: Unit\n  models: Engine\n";
    std::fs::write(bank.path("columns.yaml"), mapping).unwrap();
    let import =
        ["portfolio", "import", "list.csv", "--map", "columns.yaml", "--catch-up", "2099-06-30", "--commit"];
    bank.run(&import).well();
    let of = &get(&bank, "/api/v1/export")["files"]["uses/card-helper.yaml"];
    assert_eq!(of["models"][0], "meridian-chat");
    assert_eq!(of["providers"][0], "harbour-technology-services");
    assert_eq!(of["entity"], "harbour-bank");
    assert_eq!(of["inherited"]["catch_up"][0]["by"], "mok-lai-sheung");
    std::fs::write(bank.path("columns.yaml"), mapping.replace("Engine", "Motor")).unwrap();
    let absent = bank.run(&import);
    assert!(
        absent.refusal().starts_with("columns.yaml: `models`: there is no column `Motor`"),
        "{}",
        absent.err
    );
    let template = bank.run(&["portfolio", "template", "--language", "zh-Hant"]).well();
    assert!(template.out.contains("負責人"), "{}", template.out);
    bank.end();
}

#[test]
fn what_a_proxy_log_shows_becomes_candidates_without_names() {
    let bank = Bank::founded();
    std::fs::write(
        bank.path("proxy.csv"),
        "user,host,time,bytes\n\
         chan.tm,chatgpt.com,2026-10-02T09:00:00+08:00,100\n\
         lee.kw,api.openai.com,2026-10-05T09:00:00+08:00,100\n\
         lee.kw,intranet.bank.example,2026-10-05T09:00:00+08:00,100\n",
    )
    .unwrap();
    let found = bank.run_as_owner(&["discovery", "import", "proxy.csv", "--kind", "proxy"]).well();
    assert!(found.out.starts_with("rows 3 · AI services found 1 "), "{}", found.out);
    assert!(found.out.contains("2 times · 2026-10-02 – 2026-10-05 · 2 people"), "{}", found.out);
    let listed = bank.run(&["discovery", "list"]).well();
    assert!(listed.out.starts_with("chatgpt-proxy · ChatGPT"), "{}", listed.out);
    assert!(listed.out.ends_with("· open\n"), "{}", listed.out);
    let export = get(&bank, "/api/v1/export").to_string();
    assert!(!export.contains("chan.tm") && !export.contains("lee.kw"));
    bank.end();
}
