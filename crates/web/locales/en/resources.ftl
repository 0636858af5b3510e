
## What there is: providers, data flows, people, the ledger, settings

### Providers and what uses stand on
providers-lead = Who supplies models, data and services, how much rests on each, and how one would leave.
providers-nothing = No provider is on record yet.
new-provider = Add a provider
new-contract = Add a contract
glance-providers = providers on record
glance-on-provider = uses in place rest on a provider
glance-largest = rest on the provider with the most
glance-exit-open = providers in use without a tried way out
concentration-title = Concentration
concentration-by = Split by
concentration-chart = Uses that rest on each provider
concentration-caption = Every provider, with those that belong to it counted in; a use that rests on two counts at both. Retired uses are left out.
concentration-summary = Of { $uses } uses in place, { $count } ({ $share }) rest on { $provider }, more than on any other.
head-share = Share of uses
head-exit = Way out
exit-no-contract = no contract
exit-no-plan = no exit plan
exit-untried = trial due
exit-tried = tried
contracts-title = Contracts and the way out
contracts-nothing = No contract with this provider is on record. Without one there is no exit plan to try.
open-ended = open-ended
never-tried = never tried
supplies-title = What it supplies, and who belongs to it
supplies-nothing = No model, dataset or company of it is on record.
uses-on-title = Uses that stand on it
uses-on-lead = { $uses }, of which { $high } of high tier and { $live } in production.
uses-on-nothing = No use stands on it.
uses-count = { $count ->
    [one] 1 use
   *[other] { $shown } uses
}

### Data flows
flows-lead = Which data leaves which place for which provider, as it follows from what uses stand on.
flows-nothing = No data goes to a provider yet: no use stands on a model or service of one.
flows-nothing-found = No data goes this way.
flows-data = Data
flows-where = Where to
flows-beyond = beyond Hong Kong
flows-here = in Hong Kong
flows-beyond-mark = ↗ { $places }
flows-others = { $count ->
    [one] 1 other
   *[other] { $shown } others
}
flows-chart = Data that goes to providers
flows-from = From
flows-to = To
flows-what = What goes
flows-border = Border
flows-because = Because of
flows-table = Every flow
flows-handled = What the use handles: questions, records, answers
flows-looked-up = Looked up and handed over with a question
flows-learned-from = Handed over to train the model further
flows-supplied-by = supplied by { $provider }
flows-legend = The number is of uses; a band is as thick as there are uses. ↗ runs beyond Hong Kong.
flows-how = Drawn from the record: data goes to the provider of each model that a use stands on, and to each provider that it names besides. Legal entities are licensed in Hong Kong, so what they hold is taken to lie there. Whether something is personal data is what the profile of the use and the dataset say.
flows-unknown = For { $uses } nobody has said whether what goes to a provider is personal data. It is not taken for harmless.
flows-summary = Because of { $uses }, data goes to { $providers }; personal data goes to { $personal } of them.
flows-across = Personal data leaves Hong Kong for { $count }: { $names }.
flows-none-across = No personal data is known to leave Hong Kong.
providers-count = { $count ->
    [one] 1 provider
   *[other] { $shown } providers
}
uses-more = { $count ->
    [one] and 1 more
   *[other] and { $shown } more
}

### People and offices
no-office = none
stands-in-for = Stands in for
stood-in-for-by = Stood in for by
no-competences = Nothing is on record that this person was trained in or qualified for.
expired = expired
days-left = { $count ->
    [one] 1 day left
   *[other] { $shown } days left
}
account-title = Account
account-none = This person has no account here and cannot sign in with a password.
account-password = signs in with a password
account-no-password = has no password: signs in elsewhere, or has not set one yet
account-closed = closed on { $instant }
parts-title = Uses in which this person has a part
parts-nothing = No use names this person, as far as you may see.
head-part = Part
part-owner = answers for it
part-builder = builds it
part-requester = asks for its approval
part-validator = validates it
part-approver = approves it
what-may-she = See what is open to this person
powers-head = Powers
powers-title = Who may not do what here, and why
powers-lead = Computed from offices, from the part in the use, and from what bars: whoever owns, builds or asks for a use, or gave evidence for its first line, judges it neither as validator nor as approver.
powers-use = For which use (its id)
powers-show = Show
powers-caption = What this person may do to “{ $use }”
may = may
may-not = may not
head-may = Open
may-validate = { $person } may validate this use.
may-approve = { $person } may approve this use.
no-office-to-validate = Nothing bars { $person } from validating this use, but no office of this person allows it.
no-office-to-approve = Nothing bars { $person } from approving this use, but no office of this person allows it.
barred-from-validating = { $person } may not validate this use, because this person { $because }.
barred-from-approving = { $person } may not approve this use, because this person { $because }.
barred-because = Barred: this person { $because }.
offices-title = What each office may do
offices-lead = Read off the policies that decide. “Own” means: where the person owns or builds the use, is named by the thing, or acts for herself.
reach-everywhere = yes
reach-own = own
powers-of-uses = Bringing uses along
powers-of-judging = Challenging and deciding
powers-of-incidents = When something goes wrong
powers-of-people = People, accounts and settings
powers-of-looking = Looking
never-title = Whatever else is permitted, nobody
never-own = validates or approves what they own, built, asked for, or gave first-line evidence for; and a validator does not approve;
never-confirm = confirms what they proposed or changed themselves;
never-oneself = grants an office to themselves, confirms it, or closes their own account;
never-administrator = approves, validates or adopts as an administrator;
never-stale = approves, waives, confirms, resumes, erases or changes rules without a sign-in of the last ten minutes;
never-token = does with a token what the token does not name.
power-view-use = Look at uses
power-view-person = Look at people
power-view-model = Look at models
power-view-dataset = Look at data
power-view-provider = Look at providers and contracts
power-view-evidence = Look at evidence
power-view-record = Look at findings, approvals, incidents and the rest
power-view-guideline = Read guidelines
power-view-coverage = Look at coverage
power-view-audit-trail = Look at who did what
power-view-ledger = Look at the ledger
power-view-inbox = Look at one’s own work
power-view-settings = Look at settings
power-export-record = Take the record away as files
power-verify-ledger = Have the ledger verified
power-register-use = Register a use
power-change-use = Change a use
power-change-foundation = Change models, data, providers and contracts
power-add-evidence = Add evidence
power-record-results = Run checks, and have their results recorded
power-request-gate = Ask for a gate
power-advance = Pass a gate, or step back
power-retire = Retire a use
power-suspend = Suspend a use
power-deploy = Deploy, and end a deployment
power-report-running = Report what runs
power-answer-finding = Answer a finding
power-open-incident = Open an incident and add to it
power-contain = Contain an incident
power-decide-notification = Decide whether an authority is told
power-close-incident = Close an incident
power-invite-person = Add people and open accounts
power-close-account = Close an account, record a leaver
power-reset-credentials = Let a new password be set
power-grant-role = Grant and take offices
power-change-settings = Change settings
power-manage-tokens = Make and revoke tokens
power-revoke-sessions = End sessions
power-import-portfolio = Import a portfolio
power-import-records = Import decision records
power-dispose-candidate = Add and settle candidates
power-found-record = Found the record
power-manage-tasks = Give and finish tasks
power-write-webhook = Set up webhooks
power-delegate = Let somebody stand in
power-validate = Validate, and give an opinion
power-find = Raise a finding
power-close-finding = Close a finding
power-confirm-change = Confirm a change
power-approve = Approve
power-waive = Ask for a waiver
power-confirm-proposal = Confirm a proposal
power-adopt = Adopt a control
power-resume = Lift a suspension
power-erase-person = Erase a person’s data
power-change-rules = Change the rules, activate guidelines
power-confirm-grant = Confirm the grant of an office
power-confirm-rules = Confirm a change of the rules

### Settings
settings-lead = What the institution set, and what the program brings.
settings-rules = Rules
settings-rules-about = What makes a use high, medium or low risk, what each gate asks for, and who approves.
settings-guidelines = Guidelines
settings-guidelines-about = What is active here, version by version, with source and confidence.
settings-program = Program
settings-program-about = Which program answers, and what it computes otherwise than those before it.
settings-contracts = Contracts
settings-contracts-about = With whom, until when, and when the way out was last tried.
settings-delegations = Who stands in for whom
settings-delegations-about = For which offices and how long. Who stands in is barred by all that bars either.
settings-candidates = Candidate uses
settings-candidates-about = Services of AI that were seen in proxy logs or expenses and that nobody has registered.
settings-taken-over = Uses taken over
settings-taken-over-about = Uses that ran before they were registered here, and what is still caught up on them.
settings-offices = What each office may do
settings-offices-about = Read off the policies that decide.
settings-webhooks = Webhooks and notices
settings-webhooks-about = Where notices are posted, and what was or waits to be sent.
entity-kinds = Licensed as
switches-title = Guideline versions switched here
switch-counts = counts
switch-ahead = counts from that day on
no-institution = Nothing is known of the institution yet. Found the record first.
rules-lead = The rules as people read them. The program decides by these and by nothing else.
rules-own = These rules are the institution’s own.
rules-of-program = These rules come with the program; the institution has set none of its own.
rules-how = Rules are changed as files (`tiers.yaml`, `gates.yaml`) with `dualtrack apply`, and take a second person.
tiers-caption = A use is in the highest tier of which it meets a rule. An unknown fact counts as the riskier answer.
rule-when = When
rule-otherwise = no rule is met
rule-purposes = its purpose is one of: { $purposes }
rule-any-high-risk = a guideline that applies calls it high risk
fact-is = { $fact }: { $value }
gate-to = The gate to { $stage }
gate-asks = Controls that it asks for
ask-strength = Put at least so strongly
ask-principles = Serving
ask-timings = Due
gate-approvals = Approvals that it asks for
approvals-people = Different people
approvals-of = Holding one of these offices
approvals-including = Among them one of each
changes-title = Changes
changes-caption = How a change of each part is classed. A part that is not listed is material.
change-of = Change of
change-class = Class
days-count = { $count ->
    [one] 1 day
   *[other] { $shown } days
}
most-minor-changes = Minor changes that one approval carries
early-deployment = A use counts as in early deployment for
running-from = Running evidence is due from
running-due = So long after entry
running-otherwise = any other: { $days }
program-lead = A newer program never changes what was recorded. What it computes otherwise is shown here, so that people decide what to do.
program-compared = Judgements of other programs computed anew
program-comparing = still comparing
program-differs = { $count ->
    [one] This program computes 1 judgement otherwise than the one that recorded it.
   *[other] This program computes { $shown } judgements otherwise than the ones that recorded them.
}
program-differences = Judgements that differ
program-agrees = This program computes every recorded judgement as it was recorded.
program-recorded = As recorded
program-computed = As computed now
program-by = Recorded by
program-erased-since = something was erased since; that may be why
from-start = From the start
contracts-none = No contract is on record.
delegations-nothing = Nobody stands in for anybody.
delegation-of = In the offices of
delegation-by = Stands in
delegation-until = Until and with
delegation-counts = counts
delegation-ahead = begins later
delegation-over = over
delegation-revoked = taken back
candidates-nothing = No candidate is on record. `dualtrack discovery` finds them in proxy logs and lists of expenses.
candidate-source = Seen in
candidate-open = to be settled
candidate-became = registered
candidate-settled = settled
glance-taken-over = uses taken over
glance-catching-up = of them still catching up
catch-up-by = by { $date }, { $person }
taken-over-nothing = No use was taken over from a list.
webhook-address = Address
webhook-kinds = Gets
webhook-all = every notice
webhooks-nothing = No webhook is set up. One is added with `POST /api/v1/webhooks`; its secret is shown once.
outgoing-title = What was or waits to be sent
outgoing-waiting = waiting
outgoing-sent = sent
outgoing-given-up = given up
outgoing-kept = on this page alone
outgoing-channel = By
outgoing-target = To
outgoing-attempts = Tries
outgoing-next = Next try
outgoing-said = The other side said
outgoing-nothing = Nothing was sent yet.

### Ledger
ledger-lead-here = Everything that changed the record, in an order that nobody can rewrite unnoticed.
glance-entries = entries
glance-batches = batches, each synced and signed for
glance-witnesses = witnesses outside
ledger-elsewhere = This server was started without its log at hand. `dualtrack ledger status` and `dualtrack verify` read it where it lies.
ledger-log = Name of the log
ledger-root = Root
ledger-looked = Looked at on
ledger-latest = The last entries
checkpoint-keep = Keep the checkpoint
growth-thinned = Drawn in { $count } steps, each over several batches; no entry is left out.
verify-title = Verification of the ledger
verify-heading = Does it hold?
verify-lead = Every entry is read and hashed anew and held against the checkpoint that was signed last. It runs in the background, one at a time, for ten minutes at most.
verify-stop = Stop the verification
verify-now = Verify now
verify-begins = Begins to read
verify-at = { $done } of { $total } entries read
verify-when = Verified on { $instant }, in { $seconds } seconds. This server checks itself here; whoever does not want to trust it keeps a checkpoint and runs `dualtrack verify` elsewhere.
verify-holds = The ledger holds: every entry leads to the root that was signed.
verify-broken = The ledger does not hold. Keep everything as it is, and tell the internal auditor.
verify-unknown = It could not be told whether the ledger holds.
verify-checked = What was checked
verify-noticed = Worth a look
verify-left = Not checked
entry-title = Entry { $entry }
entry-of-program = What the program entered
entry-sealed = Sealed beside it
sealed-count = { $count ->
    [one] 1 payload
   *[other] { $shown } payloads
}
entry-leaf = Hash
entry-brought = What it brought
entry-others = { $count ->
    [one] and 1 more document
   *[other] and { $shown } more documents
}
entry-proof = Its proof
entry-proof-lead = Entry { $entry } is among the { $size } that the last checkpoint of { $log } covers. The receipt shows that to anybody, without this server.
entry-proof-how = Keep both files, and check them with any copy of Dualtrack, or another program that reads C2SP receipts:
receipt-keep = Keep the receipt
entry-keep = Keep the entry
entry-key = The key came with this page. Compare it with the one that the institution published elsewhere.
entry-before = Entry before
entry-after = Next entry

### Design
design-title = Design
design-lead = Every component, in both languages, at its fullest and where there is nothing.
design-text = Text
design-signs = Signs and numbers
design-notices = Notices, empty places, progress
design-tables = Tables
design-uses = Stages, steps and moments
design-forms = Buttons and forms
design-cards = Cards and folds
design-charts = Charts
design-reasons = Reasons

# What is not the reader's to do.
not-yours = { $count ->
    [one] 1 thing here is not yours to do, and why
   *[other] { $shown } things here are not yours to do, and why
}
not-yours-title = Not yours to do here
your-powers = What you may do
grounds-takes = This takes
grounds-offices = Your offices
grounds-part = Your part in “{ $use }”
grounds-none = none
grounds-barred-validating = Bars you from validating
grounds-barred-approving = Bars you from approving
grounds-bar = This person { $because }.
back = Back
answer-finding-of = Answer a finding: { $statement }
close-finding-of = Look at the answer to your finding: { $statement }
action-change-email = Change where notices go
action-add-webhook = Add a webhook
action-rotate-webhook = Give a webhook another secret
action-stop-webhook = Stop a webhook
channel-mail = E-mail
channel-webhook = Webhook
change-email = Change where notices go
change-email-hint = Leave it empty for no mail. Nobody else may have the same address.
