
## Assessments
run-checks = Run the checks
stop-run = Stop the run
ran-on = Ran on
ran-by = Run by
ran-with = Program
run-begun = { $person } began this run on { $instant }. It goes on if you close the page.
run-waits = It waits for its turn.
run-done = The checks ran, and their results are evidence now: entry { $entry }.
run-failed = The run ended without a result: { $problem }
measured-other-state = The use has changed since this was measured. What it shows does not count for the use as it is now; run the checks again.
measured-lost = What the last run measured ({ $person }, { $date }) cannot be read: its file is gone or damaged. Its results stand on record; run the checks again to see the numbers, or restore the file from a backup.
never-assessed = No run of the checks of this use is on record.
all-numbers-as = All numbers as { $format }
