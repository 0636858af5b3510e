# Deciding: approvals, validation, incidents, what lapses

## Approvals
approvals-lead = What waits for somebody’s approval or for a second person. Whoever cannot give one reads why in the row.
glance-yours = you could approve
glance-waiting = uses wait for approvals
glance-second = proposals wait for a second person
show-which = Show
show-yours = You could approve
waiting-title = Uses that wait for approvals
waiting-nothing = No use that you may see waits for an approval.
head-awaits = Approvals missing
head-first = Before that
head-you = You
stay-in = Stay in { $stage }
ready = nothing else
awaits-more = { $count ->
    [one] 1 more
   *[other] { $shown } more, from different people
}
awaits-including = among them: { $offices }
you-may-approve = you may approve
you-approved = You approved already; it takes other people as well.
office-not-asked = None of your offices is asked for.
office-for = { $office }, standing in for { $person }
not-by = Not by { $person }, who { $bars }.
second-title = Proposals that wait for a second person
second-nothing = No proposal waits for a second person.
second-more = { $count ->
    [one] 1 more waits; settle these first.
   *[other] { $shown } more wait; settle these first.
}
head-proposer = Proposed by
you-may-confirm = you may confirm

## The approval pack
pack-of = Approval pack: { $use }
pack-question = What is asked
pack-asks = May it enter { $stage }, as it is now?
pack-asks-stay = May it stay in { $stage }, as it is now?
pack-suspended = It is suspended. What is approved here does not lift that.
decide-title = Your decision
pack-not-ready = { $count ->
    [one] 1 other thing is to be done before the gate opens. An approval given now stands until the use changes.
   *[other] { $shown } other things are to be done before the gate opens. An approval given now stands until the use changes.
}
pack-approved = No further approval is missing.
pack-awaits = Missing: { $missing }. Offices that may: { $offices }.
pack-past = This is the pack of a past day. Decide on the one of today.
pack-not-asked = None of your offices is asked for, so there is nothing to decide for you here.
pack-binds = You approve exactly the state `{ $digest }`. If the use changes before you send it, the approval is refused and you look again.
decline = Decline, and say why
approve-as = Approve as { $office }
changed-title = What changed since the last approval
changed-first = It was never approved before: everything is new.
changed-nothing = Nothing that approvals depend on changed since { $person } approved it for { $stage } on { $date }.
changed-since = Compared with what { $person } approved for { $stage } on { $date }:
changed-unknown = It changed, and the record of that approval does not say in what.
changed-not-recorded = Nobody recorded why.
changed-by-two = { $person } on { $date }, confirmed by { $second }
head-class = Class
head-recorded = Recorded reason
red-title = Red and amber
red-asked = Not settled, and asked for by this gate
red-others = { $count ->
    [one] 1 other control is open or waived and does not hold this gate
   *[other] { $shown } other controls are open or waived and do not hold this gate
}
red-nothing = Nothing that this gate asks for is open.
all-controls = All controls
findings-title = Findings
findings-none-open = No finding is open.
findings-nothing = No finding was raised.
finding-unanswered = not answered yet
opinion-title = Opinion of the validator
opinion-nothing = No validator gave an opinion yet.
opinion-none = none yet
opinion-stale = of an earlier state
opinion-old = This opinion is of an earlier state. Changed since: { $parts }.
opinion-now = This opinion is of the use as it is now.
opinion-earlier = Earlier: { $fitness }, { $person } on { $date }
conditions-title = Conditions
conditions-nothing = No condition is attached so far.
head-condition = Condition
head-set-as = Set as
set-for = { $office }, for { $stage }
dissent-title = Dissent
dissent-nothing = No dissent is on record: no opinion says that it is not fit, no grave finding is open, and no comment speaks against it.
on-record-title = Approvals on record for this gate
on-record-nothing = Nobody approved it for this gate yet.
counts-because = The person holds the office, is not barred, and the use is as approved or changed only in ways that were settled.

## Validation
validation-lead = Uses for effective challenge. Whoever owns, built, asked for or supplied evidence for a use cannot take it up.
glance-mine = are yours
glance-free = have nobody yet
glance-wanting = have no opinion as they are now
glance-findings = have open findings
show-mine = Yours
show-free = Nobody’s yet
show-wanting = Without an opinion of today’s state
show-findings = With open findings
validation-nothing = No use is like this.
not-validated-by = Not by { $person }, who { $bars }.
takes-office = This takes the office of { $office }.
bench-open = Go on
action-claim-validation = Take it up
bench-of = Validation: { $use }
bench-lead = What is judged, what speaks for it, what was found, and what you think of it.
validators-nobody = Nobody validates it yet.
validators-are = Validated by { $people }.
you-may-claim = You may take it up. Whoever validates a use approves it no more.
judged-title = What is judged
judged-parts = Its parts
run-again = Run checks again
run-again-about = They run on the data whose digests are on record; if the files are no longer those, nothing runs. The result is evidence in your name. Your own runs do not bar you.
run-again-all = All of them if none is chosen.
check-choice = { $check } ({ $on }): { $last }
check-never-ran = no result on record
add-validation = Add a validation report
bench-no-evidence = No evidence is about this use yet.
pieces-of = { $kind } ({ $number })
pieces-against = { $count ->
    [one] 1 does not pass
   *[other] { $shown } do not pass
}
pieces-expired = { $count ->
    [one] 1 expired
   *[other] { $shown } expired
}
opinion-binds = Your opinion is bound to the state `{ $digest }`. Limitations and what was not tested are part of it.

## Incidents
incidents-lead = What went wrong, what was done at once, and whether the authorities are told in time.
glance-open = open
glance-contained = with something in force
glance-undecided = with a clock that runs
show-open = Open
show-contained = Something in force
show-undecided = A clock runs
show-closed = Closed
incidents-nothing = No incident is like this.
head-force-now = In force
head-clocks = Clocks
incident-lead = What happened, who was touched, what is contained, and who is told.
incident-closed = Closed on { $instant } by { $person }: { $because }
entered-by = Entered by
affected-unknown = not known yet
containment-title = Containment
containment-nothing = Nothing is contained.
contain-high = A use of high tier is concerned. A pause bites at once and takes one person; rolling back, and lifting anything, takes a second.
contain-low = What is done here bites at once, on the next call.
contain-pause = Pause: stop everything
contain-review = Force review
contain-back = Roll back
head-where = Where
everywhere = everywhere it runs
with-second = with { $person }
lifted-by = lifted by { $person } on { $instant }
in-force = in force
measure-pause = paused
measure-review = review forced
measure-back = rolled back
clocks-title = Clocks of the authorities
clocks-nothing = No authority has a clock for this incident.
head-decide-by = Decide by
head-clock = Clock
clock-left = { $hours } h { $minutes } min left
clock-over = { $hours } h { $minutes } min over
clock-decided = decided in time
clock-decided-late = decided late
clock-stopped = stopped
basis-own-rule = by the institution’s own rule
basis-without-delay = without delay: no period is known
not-decided = not decided
notify = Decide to tell them
notify-not = Decide not to tell them
is-notified = To be told.
is-not-notified = Not to be told.
decided-by = { $person } on { $instant }
sent-at = Told on { $instant }: { $reference }
touched-title = Who was touched
touched-nothing = None of the uses is one that you may see.
touched-hidden = { $count ->
    [one] 1 further use is concerned.
   *[other] { $shown } further uses are concerned.
}
head-stop = Stop
was-discovered = Found out
was-contained = Contained ({ $measure }): { $because }
was-lifted = Lifted ({ $measure }): { $because }
was-notified = Decided to tell { $authority }: { $because }
was-not-notified = Decided not to tell { $authority }: { $because }
was-closed = Closed: { $because }
severity-count = { $number } { $severity }
severity-high = high
severity-medium = medium
severity-low = low
field-hkma = Decide about the HKMA by
field-sfc = Decide about the SFC by
field-ia = Decide about the Insurance Authority by
field-pcpd = Decide about the PCPD by
authority-hkma = HKMA
authority-sfc = SFC
authority-ia = Insurance Authority
authority-pcpd = PCPD

## What lapses
lapses-lead = What falls due or ends for you, the most urgent first.
lapses-lead-all = What falls due or ends for anybody, the most urgent first.
glance-overdue = overdue
glance-30 = within 30 days
glance-60 = within 60 days
glance-90 = within 90 days
within = Within
within-days = { $days } days
head-whose = Whose
whose-mine = Mine
whose-all = Everybody’s
head-left = Left
left-today = today
left-days = { $count ->
    [one] 1 day left
   *[other] { $shown } days left
}
over-days = { $count ->
    [one] 1 day ago
   *[other] { $shown } days ago
}
lapses-nothing = Nothing falls due in this time.

## Comments, and many uses at once
comments-title = Comments
comments-nothing = Nobody said anything yet.
comments-earlier = { $count ->
    [one] 1 earlier comment
   *[other] { $shown } earlier comments
}
action-comment = Comment
dissents = dissents
kind-comment = Comment
field-dissents = Does it speak against what is asked for?
attest-many-lead = One attestation for many uses: a piece of evidence is recorded for each use that you choose, with the id of the use behind its own.
attest-many = One attestation for many uses
action-assign = Assign many uses
field-part = Part
field-instead-of = In the place of
choice-owner = owner
choice-builder = builder
head-snapshot-part = Part
