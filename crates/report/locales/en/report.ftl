# The words of reports. The Chinese file holds the same messages with the same variables.

## Language and punctuation
language-name = English
list-comma = { ", " }
clause-comma = { ", " }
list-or = { " or " }
semicolon = { "; " }
sentence-gap = { " " }
word-gap = { " " }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
date = { $day } { $month } { $year }
instant = { $date }, { $time } HKT
date-imprecise = { $date } ({ $precision })
page-of = Page { $page } of { $pages }

## Frame
skip = Skip to the content
navigation = Navigation
assessed-at = Assessed on { $instant } with { $program }
measured-with = Measured with { $program }
as-of = As of { $date }: no check ran; only records and guideline versions dated on or before that day count; the facts are those in the folder now.
rests-on = This document rests on these guideline versions:
guideline-version = { $id }, version { $version }, { $status }
disclaimer = Statements paraphrase the sources and are no legal advice. Each names its paragraph and how it was read; check the source before you rely on it.

## Institution
institution-summary = { $uses }: { $shut }; { $open }.
held-up-count = { $count ->
    [0] nothing holds any of them up
    [one] { $shown } is held up
   *[other] { $shown } are held up
}
free-to-go-count = { $count ->
    [0] none may go on
    [one] { $shown } may go on
   *[other] { $shown } may go on
}
uses-count = { $count ->
    [one] { $shown } use of AI
   *[other] { $shown } uses of AI
}
uses-title = Uses of AI
no-uses = There is no use in the folder yet. Add one as uses/NAME.yaml.
first-step = First: { $action }
steps-count = { $count ->
    [one] { $shown } thing to do.
   *[other] { $shown } things to do.
}
coverage-title = Coverage: guidelines and uses
coverage-chart = Controls settled, of those that apply
coverage-lead = Each cell counts the controls that are met or waived of those that apply now. It leads to the controls.
coverage-summary = { $count ->
    [0] No guideline holds a next gate shut.
    [one] In { $shown } cell, controls hold the next gate shut.
   *[other] In { $shown } cells, controls hold the next gate shut.
}
settled-of = { $settled }/{ $due }
cell-settled = { $settled } of { $due } settled
cell-blocking = { $count ->
    [one] { $shown } blocks the next gate
   *[other] { $shown } block the next gate
}
standing-met = all that apply are met or waived
standing-open = something is open, and shuts no gate now
standing-blocks = something blocks the next gate
standing-none = nothing applies now
guidelines-title = Guidelines
guidelines-caption = The guideline versions this assessment rests on
our-title = our translation of the title
force-and-status = { $force }, { $status }

## Stage, tier, gate
stage = Stage
stages = Stages
stage-suspended = { $stage }, suspended
suspended-note = Suspended: it keeps its stage and may do nothing.
tier = Tier
stage-and-tier = stage: { $stage } | tier: { $tier }
entity-owner-id = { $entity } | { $owner } | { $id }
senses = High risk, as each guideline means it
high-risk-yes = High risk, { $sense }: yes
high-risk-no = High risk, { $sense }: no
high-risk-unknown = High risk, { $sense }: unknown
gate-open = The gate from { $from } to { $to } is open
gate-shut = The gate from { $from } to { $to } is shut
stay-open = It holds to what { $stage } asks
stay-shut = It no longer holds to what { $stage } asks
gate-tally = Of the controls it asks for, { $content } of { $asked } are settled.
no-further-gate = There is no further gate
open = Open
shut = Shut
holds = Holds
lapsed = Lapsed
none-ahead = None
blockers-title = What blocks the next gate, in the order in which to act
preparation-title = Preparation for later gates
approvals-title = Approvals on record
for-gate = For { $to }:{ " " }
who-may = Who may: { $people }
title-and-paragraph = { $title } ({ $paragraph })
blocks-next-gate = blocks the next gate

## About the use
about-title = About this use
fact-entity = Legal entity
fact-owner = Owner
fact-decides = What it decides
fact-affects = Whom it affects
foundations-title = What it stands on
foundation-model = model
foundation-dataset = dataset
foundation-prompt = prompt
foundation-tool = tool
foundation-provider = provider
no-files = no files
snapshot = Snapshot:

## Controls
controls-title = Controls
controls-hidden = { $count ->
    [one] { $shown } control does not apply, is not due yet, or is not judged.
   *[other] { $shown } controls do not apply, are not due yet, or are not judged.
}
guidelines-hidden = { $count ->
    [one] Of { $shown } further guideline, no control applies now.
   *[other] Of { $shown } further guidelines, no control applies now.
}
guideline-about = { $issuer }. { $force }, { $status }; issued { $issued }; { $id }, version { $version }
guideline-caution = This guideline is “{ $status }”, not in force: it guides and shuts no gate.
confidence-and-basis = { $confidence }, read from { $basis }
duty-of = a duty of { $holder }; shown, not judged
open-because = Because
verdict-not-judged = not judged

## Checks
checks-title = Checks and their thresholds
check-and-threshold = { $check }: { $threshold }
threshold = Threshold
threshold-at-least = at least { $value }
threshold-at-most = at most { $value }
threshold-between = between { $low } and { $high }
threshold-none = none
threshold-whole-interval = with its whole interval
threshold-of-reference = { $ratio } × the reference’s rate
threshold-set-by = set by { $person } on { $date }; the reason is in the report
threshold-source = Threshold set by { $person } on { $date }: { $because }
set-by-on = Set by { $person }, { $date }
speaks-for = Speaks for
no-text-fixes-a-threshold = No Hong Kong text that we found fixes a threshold for these measures. Each below was set by a person of the institution, who is named with the reason and the day.

head-found = Found

## Measurements
measured-on = Measured on: { $dataset }
measurements-title = Measurements
measurements-hidden = { $count ->
    [one] and { $shown } more measurement
   *[other] and { $shown } more measurements
}
not-printed = Not printed; see the page on the screen, or assessment.json.
all-measurements = { $count ->
    [one] { $shown } more measurement
   *[other] All { $shown } other measurements
}
measure-of = { $measure }: { $slice }
group-and-group = { ", " }
bin-number = bin { $bin }
against = against { $reference }
too-few = too few rows ({ $rows } of { $least })
undefined = no value: { $because }
rows-short = { $count ->
    [one] { $shown } row
   *[other] { $shown } rows
}
nothing-measured = Nothing was measured.
method-exact = { $level }, { $method }
method-approximate = { $level }, { $method }, approximate with weights
all-periods = all
whole-data = whole data set

## Charts
as-table = The same as a table
rates-title = { $measure } by { $attribute }
rates-summary = From { $low } ({ $lowgroup }) to { $high } ({ $highgroup }).
rates-summary-one = { $value } ({ $group }).
rates-straddle = Across the threshold with part of the interval: { $groups }.
rates-outside = Beyond the threshold: { $groups }.
reference-group = { $group } (reference)
legend-dot = ● group, with its interval
legend-reference = ○ reference
legend-outside = ◆ beyond the threshold
legend-threshold = ┆ threshold; shaded: acceptable
reliability-title = Reliability: score against what happened
reliability-summary = In { $bins } bins. Farthest from the diagonal: at a mean score of { $score }, it happened in { $observed } of cases.
axis-score = score
axis-observed = how often it happened
legend-bin = ● a bin, larger with more rows; whisker: its interval
legend-diagonal = ┄ where score and outcome agree
scores-title = Scores by label
scores-summary = The middle case labelled { $positive } scores { $positivefrom } to { $positiveto }, the middle case labelled { $negative } { $negativefrom } to { $negativeto }.
side-label = { $label } ({ $rows } rows)
cut-off = cut-off { $value }
legend-sides = Upwards, filled: the positive label. Downwards, outlined: the negative one. Each as shares of its own rows.
drift-title = { $measure } by column and period
drift-summary = Largest: { $value } ({ $column }, { $period }).
drift-beyond = { $count ->
    [0] None is beyond the threshold.
    [one] { $shown } is beyond the threshold.
   *[other] { $shown } are beyond the threshold.
}
legend-shade = the darker, the larger
legend-frame = ▣ heavy frame: beyond { $threshold }
compared-with = compared with { $reference }

## Definitions
definitions-title = Definitions
definitions-lead = Libraries disagree about names such as these. Each number on this page follows exactly one definition, named by its id.
definitions-open = Formulas, conventions and sources
orientation-event = positive is the event
orientation-favourable = positive is the favourable outcome
orientation-neither = no orientation
bin-rule = bins: { $rule }
zero-rule = zero rule: { $rule }

## Heads of tables
head-bin = Bin
head-because = Why
head-column = Column
head-control = Control
head-definition = Definition
head-digest = Digest
head-guideline = Guideline
head-in-force = In force from
head-interval = Interval
head-issued = Issued
head-issuer = Issuer
head-kind = Kind
head-mean-score = Mean score
head-measure = Measure
head-name = Name
head-observed = Happened
head-rows = Rows
head-slice = Of
head-standing = Standing
head-value = Value
head-verdict = Verdict
head-version = Version

## Ledger
ledger-title = Ledger
ledger-lead = { $entries } entries; the last was entered on { $last }.
ledger-made = Looked at on { $instant } with { $program }
ledger-growth = Growth
ledger-growth-summary = { $entries } entries in { $batches } batches, the greatest of { $most }.
ledger-growth-legend = The line is the number of entries; each bar is a batch that was synced and signed for at once. Of finished segments only the last batch is shown.
ledger-growth-table = The last batches, newest first
ledger-batch-axis = Entries a batch
ledger-batch = Batch
ledger-when = When
ledger-entries = Entries
ledger-size = Size of the ledger
ledger-checkpoint = Last checkpoint
ledger-checkpoint-lead = What the institution signed last. Keep a copy: whoever holds an earlier checkpoint notices if an entry is changed or dropped.
ledger-keys = Verifier keys
ledger-retired = signs no more
ledger-witnesses = Witnesses
ledger-no-witness = No witness has cosigned. Without one outside the institution, the ledger can show two people two histories.
ledger-witnessed = { $name } cosigned { $size } entries on { $instant }
ledger-limits = The ledger is tamper-evident: changes are noticed by whoever holds an earlier checkpoint or receipt. It cannot show what was never entered.
ledger-report-title = In the ledger
ledger-report-lead = This run is entry { $index } of the ledger { $log }. { $changed } changes of evidence and verdicts were entered after it.
ledger-report-how = To check it without the institution: save the receipt and the entry, exactly as they stand here, to files and run
ledger-report-receipt = Receipt
ledger-report-entry = Entry
ledger-report-key = The key below came with this report. Compare it with the one that the institution published elsewhere.
ledger-growth-chart = Entries over time
head-check = Check
head-outcome = Outcome
head-answer = What was found
head-threshold = Who set the threshold, and why
no-checks = The use declares no check.

## Documents
pdf-page = Page { $page } of { $pages }
