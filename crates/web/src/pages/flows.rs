//! The map of data flows: which data leaves which place for which provider, and because of which uses.
//!
//! Nobody draws it: it follows from what uses stand on. Legal entities are licensed in Hong Kong, so what they hold is
//! taken to lie there; a provider that runs its service anywhere else lies beyond the border.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::response::Response;
use dualtrack_catalogue::{Language, Stage};
use dualtrack_governance::{AsOf, Line};
use dualtrack_inventory::{Document, FlowData, Key, Kind, Provider};
use dualtrack_report::screen::{Block, Cell, Column, Grid, Row, Screen};
use dualtrack_report::{Badge, Band, End, FlowMap, Holds, Table, Words, flows_chart};

use super::providers::personal;
use super::reader::Reader;
use super::uses::{files, pager, seen_lines};
use super::{PageRoute, entity_name, place};
use crate::api::Needs;
use crate::api::record::{Seeing, seen};
use crate::problem::Problem;

pub(super) fn routes() -> Vec<PageRoute> {
    vec![PageRoute::get("/flows", Needs::Action("view-dataset"), show)]
}

/// Data that goes from an entity to a provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    entity: String,
    to: String,
    holds: Holds,
    data: FlowData,
    supplied_by: Option<String>,
}

/// Every way, with the uses because of which data goes there.
type Ways<'l> = BTreeMap<Way, Vec<&'l Line>>;

async fn show(reader: Reader) -> Result<Response, Problem> {
    let words = reader.words;
    let mut screen = Screen::new(words.say("nav-flows"), words.say("flows-lead"));
    let lines = seen_lines(&reader).await?;
    let providers = seen(&reader.web, &reader.who, Kind::Provider).await?;
    let providers: BTreeMap<&str, &Provider> = providers
        .iter()
        .filter_map(|stored| match &stored.document {
            Some(Document::Provider(provider)) => Some((provider.id.as_str(), &**provider)),
            _ => None,
        })
        .collect();
    let beyond = |id: &str| providers.get(id).is_some_and(|provider| is_beyond(provider));
    let all = ways(&lines);
    let (holds, where_to) = (reader.query("data"), reader.query("where"));
    let wanted = |way: &Way| {
        holds.is_none_or(|holds| name_of(way.holds) == holds)
            && where_to.is_none_or(|place| (place == "beyond") == beyond(&way.to))
    };
    let ways: Ways<'_> =
        all.iter().filter(|(way, _)| wanted(way)).map(|(k, v)| (k.clone(), v.clone())).collect();
    chips(&reader, &mut screen);
    if ways.is_empty() {
        let link = Some(if all.is_empty() {
            ("/models".to_owned(), words.say("nav-models"))
        } else {
            ("/flows".to_owned(), words.say("show-all"))
        });
        let id = if all.is_empty() { "flows-nothing" } else { "flows-nothing-found" };
        screen.put(Block::Empty { text: words.say(id), link });
        return reader.page(screen).await;
    }
    let map = map(&reader, &ways, &providers);
    screen.put(Block::Figure { chart: Box::new(flows_chart(&map, words)), words });
    let unknown: BTreeSet<_> = ways
        .iter()
        .filter(|(way, _)| way.holds == Holds::Unknown)
        .flat_map(|(_, lines)| lines.iter().map(|line| &line.id))
        .collect();
    if !unknown.is_empty() {
        let text =
            words.say_with("flows-unknown", &[("uses", &words.count("uses-count", unknown.len() as u64))]);
        let link = unknown.first().filter(|_| unknown.len() == 1);
        let link = link.map(|id| (format!("/uses/{id}/profile"), words.say("answer-questions")));
        screen.put(Block::Notice { class: "warn", text, link });
    }
    table(&reader, &mut screen, &ways, &providers).await?;
    screen.put(Block::Muted(words.say("flows-how")));
    reader.page(screen).await
}

fn ways(lines: &[Arc<Line>]) -> Ways<'_> {
    let mut ways = Ways::new();
    for line in lines.iter().filter(|line| line.stage != Stage::Retired) {
        for flow in &line.flows {
            let way = Way {
                entity: line.entity.to_string(),
                to: flow.to.to_string(),
                holds: match flow.personal {
                    Some(true) => Holds::Personal,
                    None => Holds::Unknown,
                    Some(false) => Holds::Nothing,
                },
                data: flow.data.clone(),
                supplied_by: flow.supplied_by.as_ref().map(ToString::to_string),
            };
            ways.entry(way).or_default().push(line);
        }
    }
    ways
}

fn chips(reader: &Reader, screen: &mut Screen) {
    let words = reader.words;
    let chips = |name: &str, label: &str, values: &[(&str, &str)]| {
        let chosen = reader.query(name);
        let mut chips = vec![(reader.asked.with(name, None), words.say("any"), chosen.is_none())];
        chips.extend(values.iter().map(|(value, id)| {
            (reader.asked.with(name, Some(value)), words.say(id), chosen == Some(*value))
        }));
        Block::Chips { label: words.say(label), chips }
    };
    let holds =
        [Holds::Personal, Holds::Unknown, Holds::Nothing].map(|holds| (name_of(holds), words_of(holds)));
    screen.put(chips("data", "flows-data", &holds));
    let places = [("beyond", "flows-beyond"), ("here", "flows-here")];
    screen.put(chips("where", "flows-where", &places));
}

/// The picture: entities on the left, the providers with the most uses on the right, the rest together.
fn map(reader: &Reader, ways: &Ways<'_>, providers: &BTreeMap<&str, &Provider>) -> FlowMap {
    let words = reader.words;
    let mut uses: BTreeMap<(&str, &str, Holds), BTreeSet<&str>> = BTreeMap::new();
    for (way, lines) in ways {
        let of = uses.entry((way.entity.as_str(), way.to.as_str(), way.holds)).or_default();
        of.extend(lines.iter().map(|line| line.id.as_str()));
    }
    let order = |side: fn(&(&str, &str, Holds)) -> String| {
        let mut sums: BTreeMap<String, usize> = BTreeMap::new();
        for (key, uses) in &uses {
            *sums.entry(side(key)).or_default() += uses.len();
        }
        let mut order: Vec<_> = sums.into_iter().collect();
        order.sort_by_key(|(name, sum)| (std::cmp::Reverse(*sum), name.clone()));
        order.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    let entities = order(|(entity, _, _)| (*entity).to_owned());
    let targets = order(|(_, to, _)| (*to).to_owned());
    let (from, other_entities) = entities.split_at(entities.len().min(MOST_ENDS));
    let (to, other_targets) = targets.split_at(targets.len().min(MOST_ENDS));
    let at = |names: &[String], name: &str| names.iter().position(|one| one == name).unwrap_or(names.len());
    let mut bands: BTreeMap<(usize, usize, Holds), u64> = BTreeMap::new();
    for ((entity, target, holds), lines) in &uses {
        *bands.entry((at(to, target), at(from, entity), *holds)).or_default() += lines.len() as u64;
    }
    let others = |count: usize| End {
        name: words.count("flows-others", count as u64),
        place: String::new(),
        link: String::new(),
        beyond: false,
    };
    let mut left: Vec<End> = from
        .iter()
        .map(|entity| End {
            name: entity_name(reader, entity),
            place: country("HK", words.language),
            link: String::new(),
            beyond: false,
        })
        .collect();
    let mut right: Vec<End> =
        to.iter().map(|id| end(reader, id, providers.get(id.as_str()).copied())).collect();
    if !other_entities.is_empty() {
        left.push(others(other_entities.len()));
    }
    if !other_targets.is_empty() {
        right.push(others(other_targets.len()));
    }
    let bands: Vec<Band> =
        bands.into_iter().map(|((to, from, holds), uses)| Band { from, to, holds, uses }).collect();
    let rows = uses.iter().map(|((entity, to, holds), lines)| {
        let provider = providers.get(to).copied();
        vec![
            entity_name(reader, entity),
            words.say(words_of(*holds)),
            provider.map_or_else(|| (*to).to_owned(), |one| words.pick(&one.name).to_owned()),
            provider.map_or_else(String::new, |one| places(one, words)),
            words.whole(lines.len() as u64),
        ]
    });
    let heads = ["head-entity", "flows-data", "kind-provider", "field-places", "nav-uses"];
    FlowMap {
        id: "flow-map".into(),
        title: words.say("flows-chart"),
        summary: summary(ways, providers, words),
        sides: (words.say("flows-from"), words.say("flows-to")),
        from: left,
        to: right,
        bands,
        legend: vec![
            format!("{} {}", Holds::Personal.sign(), words.say("personal-data")),
            format!("{} {}", Holds::Unknown.sign(), words.say("personal-data-unknown")),
            format!("{} {}", Holds::Nothing.sign(), words.say("no-personal-data")),
            words.say("flows-legend"),
        ],
        table: Table {
            caption: words.say("flows-chart"),
            heads: heads.map(|id| words.say(id)).to_vec(),
            rows: rows.collect(),
        },
    }
}

fn end(reader: &Reader, id: &str, provider: Option<&Provider>) -> End {
    let words = reader.words;
    match provider {
        Some(provider) => {
            let beyond = is_beyond(provider);
            let mut place_words = places(provider, words);
            if beyond {
                place_words = words.say_with("flows-beyond-mark", &[("places", &place_words)]);
            }
            End {
                name: words.pick(&provider.name).to_owned(),
                place: place_words,
                link: place(Kind::Provider, id),
                beyond,
            }
        }
        // A provider that the reader may not see is named as the use names it.
        None => End { name: id.to_owned(), place: String::new(), link: String::new(), beyond: false },
    }
}

fn summary(ways: &Ways<'_>, providers: &BTreeMap<&str, &Provider>, words: Words) -> String {
    let mut uses = BTreeSet::new();
    let (mut all, mut with_personal, mut across) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for (way, lines) in ways {
        uses.extend(lines.iter().map(|line| line.id.as_str()));
        all.insert(way.to.as_str());
        if way.holds == Holds::Personal {
            with_personal.insert(way.to.as_str());
            if providers.get(way.to.as_str()).is_some_and(|provider| is_beyond(provider)) {
                across.insert(way.to.as_str());
            }
        }
    }
    let whole = |count: usize| words.whole(count as u64);
    let mut text = words.say_with(
        "flows-summary",
        &[
            ("uses", &words.count("uses-count", uses.len() as u64)),
            ("providers", &words.count("providers-count", all.len() as u64)),
            ("personal", &whole(with_personal.len())),
        ],
    );
    text.push_str(&words.say("sentence-gap"));
    if across.is_empty() {
        text.push_str(&words.say("flows-none-across"));
    } else {
        let named: Vec<_> = across
            .iter()
            .take(3)
            .filter_map(|id| providers.get(id))
            .map(|provider| words.pick(&provider.name))
            .collect();
        text.push_str(&words.say_with(
            "flows-across",
            &[("count", &whole(across.len())), ("names", &named.join(&words.say("list-comma")))],
        ));
    }
    text
}

async fn table(
    reader: &Reader,
    screen: &mut Screen,
    ways: &Ways<'_>,
    providers: &BTreeMap<&str, &Provider>,
) -> Result<(), Problem> {
    let words = reader.words;
    let (page, from, most) = reader.paging(ways.len());
    let mut seeing = Seeing::default();
    let mut names: BTreeMap<String, Cell> = BTreeMap::new();
    let mut rows = Vec::new();
    for (way, lines) in ways.iter().skip(from).take(most) {
        let dataset = match &way.data {
            FlowData::Handled => None,
            FlowData::LookedUp(id) | FlowData::LearnedFrom(id) => Some(id.to_string()),
        };
        if let Some(id) = dataset.as_ref().filter(|id| !names.contains_key(*id)) {
            names.insert(id.clone(), dataset_cell(reader, &mut seeing, id).await?);
        }
        let what = match &way.data {
            FlowData::Handled => "flows-handled",
            FlowData::LookedUp(_) => "flows-looked-up",
            FlowData::LearnedFrom(_) => "flows-learned-from",
        };
        let mut data = vec![Cell::text(words.say(what))];
        data.extend(dataset.and_then(|id| names.get(&id).cloned()));
        if let Some(by) = &way.supplied_by {
            let by = providers.get(by.as_str()).map_or(by.as_str(), |provider| words.pick(&provider.name));
            data.push(Cell::Muted(words.say_with("flows-supplied-by", &[("provider", by)])));
        }
        let provider = providers.get(way.to.as_str()).copied();
        let mut where_to = vec![provider.map_or_else(
            || Cell::text(way.to.clone()),
            |one| Cell::link(words.pick(&one.name), place(Kind::Provider, &way.to)),
        )];
        if let Some(provider) = provider {
            where_to.push(Cell::Muted(places(provider, words)));
        }
        let mut because: Vec<Cell> = lines
            .iter()
            .take(MOST_USES)
            .map(|line| Cell::link(words.pick(&line.name), place(Kind::Use, line.id.as_str())))
            .collect();
        if lines.len() > MOST_USES {
            let more = words.count("uses-more", (lines.len() - MOST_USES) as u64);
            because.push(Cell::link(more, format!("{}#uses", place(Kind::Provider, &way.to))));
        }
        rows.push(Row::new(vec![
            Cell::Lines(data),
            Cell::Badge(badge(way.holds, words)),
            Cell::text(entity_name(reader, &way.entity)),
            Cell::Lines(where_to),
            Cell::Badge(border(provider, words)),
            Cell::Lines(because),
        ]));
    }
    screen.section(words.say("flows-table"), "table");
    screen.put(Block::Grid(Grid {
        caption: words.say("flows-table"),
        quiet: true,
        columns: vec![
            Column::new(words.say("flows-what")),
            Column::new(words.say("field-personal-data")),
            Column::new(words.say("flows-from")),
            Column::new(words.say("flows-to")),
            Column::new(words.say("flows-border")),
            Column::new(words.say("flows-because")),
        ],
        rows,
        pager: Some(pager(reader, (page, from, most), ways.len())),
        files: files(reader),
        ..Grid::default()
    }));
    Ok(())
}

/// What a dataset is called, with the way to it for whoever may see it.
async fn dataset_cell(reader: &Reader, seeing: &mut Seeing, id: &str) -> Result<Cell, Problem> {
    let key = Key::new(Kind::Dataset, id);
    let Ok(stored) = reader.web.desk.document(&key, AsOf::Now).await else { return Ok(Cell::text(id)) };
    Ok(match &stored.document {
        Some(Document::Dataset(dataset)) if seeing.may(&reader.web, &reader.who, &stored).await => {
            Cell::link(reader.words.pick(&dataset.name), place(Kind::Dataset, id))
        }
        _ => Cell::text(id),
    })
}

fn badge(holds: Holds, words: Words) -> Badge {
    let class = match holds {
        Holds::Personal => "met",
        Holds::Unknown => "amber",
        Holds::Nothing => "none",
    };
    Badge { class, sign: holds.sign(), word: words.say(words_of(holds)) }
}

fn border(provider: Option<&Provider>, words: Words) -> Badge {
    let (class, sign, id) = match provider {
        None => ("none", "?", "not-known"),
        Some(provider) if is_beyond(provider) => ("blocks", "↗", "flows-beyond"),
        Some(_) => ("none", "·", "flows-here"),
    };
    Badge { class, sign, word: words.say(id) }
}

fn words_of(holds: Holds) -> &'static str {
    personal(match holds {
        Holds::Personal => Some(true),
        Holds::Unknown => None,
        Holds::Nothing => Some(false),
    })
}

fn name_of(holds: Holds) -> &'static str {
    match holds {
        Holds::Personal => "personal",
        Holds::Unknown => "unknown",
        Holds::Nothing => "none",
    }
}

/// Whether a provider runs its service anywhere but in Hong Kong.
fn is_beyond(provider: &Provider) -> bool {
    provider.places.iter().any(|place| place != "HK")
}

/// Where a provider runs its service, in words.
pub(super) fn places(provider: &Provider, words: Words) -> String {
    let places: Vec<_> = provider.places.iter().map(|code| country(code, words.language)).collect();
    places.join(&words.say("list-comma"))
}

/// What a place is called, where it is one of those that come up most; its code otherwise.
fn country(code: &str, language: Language) -> String {
    let known = match code {
        "HK" => ("Hong Kong", "香港"),
        "MO" => ("Macao", "澳門"),
        "CN" => ("Mainland China", "中國內地"),
        "TW" => ("Taiwan", "台灣"),
        "SG" => ("Singapore", "新加坡"),
        "JP" => ("Japan", "日本"),
        "KR" => ("Korea", "南韓"),
        "IN" => ("India", "印度"),
        "AU" => ("Australia", "澳洲"),
        "US" => ("United States", "美國"),
        "CA" => ("Canada", "加拿大"),
        "GB" => ("United Kingdom", "英國"),
        "IE" => ("Ireland", "愛爾蘭"),
        "DE" => ("Germany", "德國"),
        "FR" => ("France", "法國"),
        "NL" => ("Netherlands", "荷蘭"),
        "CH" => ("Switzerland", "瑞士"),
        other => return other.to_owned(),
    };
    language.pick(known).to_owned()
}

/// More ends than these nobody tells apart in a picture.
const MOST_ENDS: usize = 12;
const MOST_USES: usize = 3;
