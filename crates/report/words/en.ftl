# The verdict: one sentence, first line of every face.
verdict-clean = CLEAN: nothing was found, and all that would have shown a break-in was there.
verdict-inconclusive = INCONCLUSIVE: no break-in was found, but evidence that would show one is missing. It may still have happened.
verdict-attempted = ATTEMPTED: this server was attacked. No sign that they got in was found.
verdict-exploited = EXPLOITED: an attack on this server worked. Treat it as broken into.
verdict-compromised = COMPROMISED: they broke in, and left files on this server or ran commands.
practice = PRACTICE DATA: some of these files carry the mark that `hikeshi drill` puts on practice data. If you made none, take this result as real: an intruder can set that mark too.
first = First: { $text }
partial = BROKEN OFF: the run was stopped. What follows is only a part.
redacted = REDACTED: names of people, machines and domains and addresses of the inside are pseudonyms, as far as they were recognised.

head-why = Why
head-window = Period
head-now = What to do now
head-do-not = What not to do now
head-unseen = What could not be seen
head-findings = Findings
head-context = Context (does not move the verdict)
head-timeline = Course of events (UTC)
head-actors = Who it was, as far as the traces tell
actor-intruder = Intruder { $id }
actor-probers = Everyone who only tried
actor-addresses = Addresses
actor-pages = Pages planted or used
actor-accounts = Accounts made
actor-rows = Rows of these addresses in all logs: { $count }
actor-agents = Called themselves
actor-programs = Programs started
head-coverage = What was looked at (UTC)
head-contacts = Whom to call
head-rules-skipped = Rules that could not be used
head-packs = Checked with

step-copy-expiring-do = Copy the logs that the server deletes by itself to another machine today, before anything else.
step-copy-expiring-why = The oldest rows, of { $oldest }, go from { $deleted } on, { $days ->
    [0] at any moment after the newest record
    [one] 1 day after the newest record
   *[other] { $days } days after the newest record
  } ({ $as-of }); what is gone cannot be brought back. These logs are meant: { $kinds }.
step-copy-expiring-why-telling = The rows of { $telling }, which tell of the attack, are deleted on { $telling-deleted }, { $telling-days ->
    [0] at any moment after the newest record
    [one] 1 day after the newest record
   *[other] { $telling-days } days after the newest record
  } ({ $as-of }), the oldest from { $deleted } on; what is gone cannot be brought back. These logs are meant: { $kinds }.
step-copy-expiring-takes = 10 minutes to an hour
step-takes = Takes: { $time }.

reason-rule-held = { $name } ({ $stage-word }): { $count ->
    [one] 1 record
   *[other] { $count } records
  }, { $period }
reason-rule-held-uncertain = { $name }: { $count ->
    [one] 1 damaged row
   *[other] { $count } damaged rows
  } whose columns are uncertain, so at most an attempt
reason-more-rules = { $count ->
    [one] 1 more rule held
   *[other] { $count } more rules held
  }
reason-only-attempts = None of these was answered as a success, and nothing that would follow a success was found in the logs that are here.
reason-attempts-unjudged = These rules tell of tries. Whether one of them worked, they do not tell.
reason-nothing-recognised = No evidence was recognised. Give the folder that holds the server's logs, or the logs themselves.
reason-nothing-found = Nothing that counts was found in what was looked at.
reason-kind-missing = Not seen: { $kind }.
reason-kind-incomplete = Not seen: { $kind }, { $from } to { $to }{ $count ->
    [one] { "" }
   *[other] { " " }({ $count } silences)
  }.
reason-retention-short = These logs begin on { $first } or later, attacks are known since { $window }; the server keeps them for { $days } days only: { $kinds }.
reason-unreadable = { $count ->
    [one] 1 place was
   *[other] { $count } places were
  } not read, or not in full.
reason-leads-not-followed = So much was found that not all of it was followed: { $count ->
    [one] 1 page, account, address, client or file
   *[other] { $count } pages, accounts, addresses, clients or files
  } may have done more than stands here.
reason-processes-not-followed = Intruders' processes started so many programs that not all of them were followed; these may have done more than stands here.
reason-narrowed-paths = Only a part was looked at, as was asked for: { $files ->
    [one] 1 file was
   *[other] { $files } files were
  } left out. That cannot end in "clean".
reason-narrowed-period = Only { $since } to { $until } was looked at, as was asked for; { $files ->
    [one] 1 file was
   *[other] { $files } files were
  } left out. That cannot end in "clean".
reason-narrowed-since = Only what happened since { $since } was looked at, as was asked for; { $files ->
    [one] 1 file was
   *[other] { $files } files were
  } left out. That cannot end in "clean".
reason-narrowed-until = Only what happened until { $until } was looked at, as was asked for; { $files ->
    [one] 1 file was
   *[other] { $files } files were
  } left out. That cannot end in "clean".
reason-partial = The run was broken off before everything was read.
reason-all-covered = Everything that would have told covers the whole period.

window-nothing-seen = Nothing was seen of any period.
window-gaps = Records from { $from } to { $to }, with gaps: what is missing stands below. Nothing was found in what was there.
window-nothing-found = Nothing found from { $from } to { $to }.
window-seen = Records seen from { $from } to { $to }.
window-known = Attacks are known since { $from }.

window-from-installed = This server was installed on { $at } only; the period begins there.
window-to-patched = The fixed build was in place on { $at } at the latest; the period ends there.

head-affected = Is it affected
affected-vulnerable = VULNERABLE: { $name } (build { $build }) is open to { $cves }.
affected-fixed = FIXED: { $name } (build { $build }) is no longer open to the attack. That says nothing of what happened before.
affected-unaffected = NOT AFFECTED: { $name } (build { $build }) never had the flaw.
affected-unknown = UNKNOWN: what is known of the build of { $product } ({ $name }, { $build }) does not tell whether it is open to the attack.
affected-no-build = UNKNOWN: nothing here tells the build of { $product }.
affected-line-only = Some builds of this line are open and some are fixed; the evidence does not tell them apart.
affected-likely = That follows from parts and updates; the version of the program itself was not seen.
affected-between = The pack's table does not know the build { $build }; it was compared with the builds of its line before and after it.
affected-newer = The build { $build } is newer than the pack's table. Take a newer pack, or look it up at the vendor.
affected-unlisted = The pack's table does not know the build { $build }.
affected-fix = The flaw is closed from { $name } (build { $build }) on.
affected-fix-update = The flaw is closed from { $name } (build { $build }, { $kb }) on.
affected-no-fix = No update closes it for builds { $build }: a newer line has to be installed.
affected-installed = The server was installed on { $at }, after the first attacks.
affected-exposed = Open to the attack since { $since }, as far as attacks are known, and still.
affected-patched = Open to the attack from { $since } on; the fixed build was in place on { $by } at the latest ({ $place }).
affected-patched-between = Open to the attack from { $since } on; the fixed build came between { $after } and { $by } ({ $place }).
affected-patched-before = The fixed build was in place before the first known attack, on { $by } at the latest ({ $place }).
affected-patched-unknown = When the fixed build was installed does not show. The server may have been open to the attack since { $since }.
affected-differ-newer = Contradiction: { $what } says { $says } ({ $place }), the program itself is of the older build { $build }. The program is believed: the update did not go through, or not for all files. Install it again from an elevated command prompt.
affected-differ-line = Contradiction: { $what } says { $says } ({ $place }), the program itself is of build { $build }, of another line. The program is believed.
affected-differ-programs = Contradiction: programs of different builds were found ({ $builds }). Old copies may lie beside the one in use, or several servers were copied into one folder.
affected-differ-lines = Contradiction: several lines are said to be installed ({ $builds }).
affected-none = UNKNOWN: nothing that was looked at tells a build.
affected-ask = To bring:

stage-reconnaissance = reconnaissance
stage-attempt = attempt
stage-exploitation = exploitation
stage-implant = implant
stage-action = action

severity-informational = info
severity-low = low
severity-medium = medium
severity-high = high
severity-critical = critical

kind-evtx = Windows event logs
kind-event-log = Event log { $name }
kind-evt = Windows event logs (old format)
kind-hive = Registry hives
kind-hive-log = Logs of registry hives
kind-file-table = File tables of NTFS ($MFT)
kind-change-journal = Change journals of NTFS ($J)
kind-task = Scheduled tasks
kind-web-server-config = Configuration of the web server
kind-old-task = Scheduled tasks of older Windows (.job)
kind-command-history = Commands typed in PowerShell
kind-hosts-file = Hosts files
kind-error-report = Error reports
kind-protection-log = Logs of the resident virus scanner
kind-scan-log = Logs of virus scanners run once
kind-detection-history = Detections that the virus scanner remembers
kind-scanner-lines = Logs of scanners that were brought along
kind-scanner-findings = Findings of scanners that were brought along
kind-network-scan = Scans of the network
kind-tool-output = Outputs of other tools
kind-files = Files looked at by their content
kind-archive = Archives
kind-executable = Executables
kind-database = Databases
kind-memory-dump = Memory dumps
kind-disk-image = Disk images
kind-ncsa-log = Web server logs in NCSA format
kind-fixed-log = Web server logs in IIS's own format, local time
kind-event-export = Exported event logs (JSON, CSV)
kind-event-xml = Exported event logs (XML)
kind-unknown = Files of no known kind

preview-total = { $files ->
    [one] 1 file
   *[other] { $files } files
  }, { $bytes }. A check would take about { $time } on this machine (samples were read to tell).
preview-kinds = What is there
preview-kind = { $kind }: { $files ->
    [one] 1 file
   *[other] { $files } files
  }, { $bytes }, about { $time }
preview-kind-unread = { $kind }: { $files ->
    [one] 1 file
   *[other] { $files } files
  }, { $bytes }, only counted
preview-missing = What "clean" would need and is not there
preview-unreadable = What will not be read: { $count }
preview-archives = Archives are opened by the check alone: what lies in them is not listed here, and may be what is missing.
preview-periods = Whether the records cover the whole time shows only when they are read.
gap-permission-denied = access denied
gap-vanished = gone when it was to be read
gap-changed-while-read = changed while it was read
gap-read-failed = reading failed
gap-line-cut = lines over 1 MiB were cut
gap-malformed-rows = rows do not fit their header
gap-header-missing = rows without a header
gap-bad-encoding = holds bytes that are no text
gap-no-rows = its rows cannot be told apart
gap-special-file = no ordinary file, not opened
gap-not-read-yet = not read by this version
gap-link-not-followed = link, not followed
gap-too-many = beyond the limits
gap-not-reached = not reached
gap-damaged-records = records are damaged; the others were read
gap-records-missing = records are gone from it; the others were read
gap-altered = changed after it was written, or damaged; read as it stands
gap-value-cut = values over the limit were cut
gap-over-memory = reading it took more memory than allowed
gap-over-time = reading it took more time than allowed
gap-reader-failed = the reader failed on it
gap-too-large = too large to be looked into
gap-encrypted = encrypted, and no password given opens it
gap-method-unsupported = packed by a method that is not supported
gap-malformed = not of the form that its beginning promises
gap-nested-too-deep = archive nested too deep, not opened
gap-changes-missing = its change log is missing; it may be out of date
gap-hive-missing = the hive that it belongs to is missing; its changes were not read
gap-not-as-named = it does not begin like what its name or place says; damaged, or made to be passed over

means = What it means
not = What it does not mean
next = Look at next
count-times = { $count ->
    [one] 1 record
   *[other] { $count } records
  }
not-listed = { $count ->
    [one] and 1 more record
   *[other] and { $count } more records
  } in { $files ->
    [one] 1 file
   *[other] { $files } files
  }
files-bytes = { $files ->
    [one] 1 file
   *[other] { $files } files
  }, { $bytes }
from-to = { $first } to { $last }
at-once = { $first }
renamed-event-log = { $path } is an event log under another name
renamed-event-log-of = { $path } is an event log under another name: it holds { $channel }
more-renamed = and { $count } more under other names
silence = silence { $from } to { $to }
more-silences = and { $count } more silences
more-places = and { $count } more
in-line = from line { $line }
not-seen-at-all = { $kind }
not-seen-span = { $kind }: { $from } to { $to }
row = row
raised = while an intruder was at work
uncertain = columns uncertain
by-author = rule by { $author }
summary-scanned = { $files ->
    [one] 1 file of evidence
   *[other] { $files } files of evidence
  }, { $bytes }, { $rules ->
    [one] 1 rule
   *[other] { $rules } rules
  }.

error = error
cause = cause
hint = hint
warning = warning

head-second-opinions = What other tools said
agreement-agrees = it agrees
agreement-adds = it adds something
agreement-contradicts = it contradicts
agreement-says-less = it says less
looked-at = It looks at: { $text }

opinion-said-found = { $tool } lists { $count ->
    [one] 1 thing
   *[other] { $count } things
  } as bad.
opinion-said-found-uncounted = { $tool } says that it found something, without saying what.
opinion-said-suspicious = { $tool } lists { $count ->
    [one] 1 thing
   *[other] { $count } things
  } to be looked at; it does not say that any of it is bad.
opinion-said-nothing-found = { $tool } found nothing suspicious.
opinion-said-not-looked = { $tool } skipped its tests; what it says of the result is no answer.
opinion-said-vulnerable = { $tool } held the server to be vulnerable when it ran.
opinion-said-not-vulnerable = { $tool } held the server not to be vulnerable when it ran.
opinion-said-mitigated = { $tool } closed the hole for the time being; that does not say whether somebody came through it before.
opinion-said-unclear = { $tool } gives no clear answer: its output holds neither a hit nor an all-clear.

opinion-agrees-found = Hikeshi finds signs outside its output as well, the furthest: { $name } ({ $place }).
opinion-agrees-nothing = Hikeshi finds nothing either. That holds for what was looked at; what was not seen is listed above.
opinion-adds = Nothing else that is here shows it, since the evidence is gone or was not brought. It counts all the same: { $name } ({ $place }).
opinion-contradicts-harmless = Hikeshi does not count what it lists as signs of this attack, and finds no others.
opinion-contradicts-missed = Hikeshi finds what it should have seen too: { $name } ({ $place }).
opinion-says-less = Hikeshi finds: { $name } ({ $place }).
opinion-no-answer = Whether the server was attacked does not follow from it; the verdict rests on what Hikeshi read.
opinion-logs-late = Some of its logs reached back { $days } days only, to about { $logs-from }; the first sign is of { $attack }. What happened before, it could not see.
opinion-logs-late-window = Some of its logs reached back { $days } days only, to about { $logs-from }; attacks are known since { $attack }. What happened before, it could not see.
opinion-removed = It removed { $count ->
    [one] 1 thing
   *[other] { $count } things
  }, such as { $listed }. That was there, so they got in, even though it is gone now.
opinion-note = { $words }

# The page for a browser.
html-title = Hikeshi report
html-skip = Skip to the details
html-contents = Contents of this report
html-made-by = Made by { $name } { $version }. This file is complete in itself: it loads nothing and sends nothing.
html-more = { $shown } are shown; { $count ->
    [one] 1 more is
   *[other] { $count } more are
  } in the JSON report or only counted.
html-all-steps = All { $count } steps
html-all-unseen = All { $count } places, and how to bring what is missing
html-all-unseen-none = How to bring what is missing
meaning-clean = That holds for the period and the evidence listed below, and for this attack. It says nothing of other days, other servers and other attacks.
meaning-inconclusive = This is not an all-clear: traces may be in what is missing. Until the gaps below are closed, treat the server as one that may have been broken into.
meaning-attempted = The attack was sent to this server, and in the logs that are here no try shows as a success. One could have succeeded where nothing was seen.
meaning-exploited = Somebody came through the hole. That nothing else was found does not mean that nothing else was done.
meaning-compromised = Somebody else had control of this server, and may have it still. Passwords and data may have been taken, and other computers that it reaches may be affected. Installing the update does not get them out.
fact-server = Server
fact-signs = Signs of the attack (UTC)
fact-intruders = Who
fact-intruders-count = { $count ->
    [one] 1 intruder, as far as the traces tell
   *[other] { $count } intruders, as far as the traces tell
  }
fact-unseen = Not seen
fact-unseen-count = { $count ->
    [one] 1 thing
   *[other] { $count } things
  }, listed below
fact-looked-at = Looked at (UTC)
head-first = What to do first
contacts-none = This result gives no reason to call anybody.
contacts-more = { $count ->
    [one] 1 more, by country
   *[other] { $count } more, by country
  }
unseen-all = What could not be seen, in full, and how to bring it
coverage-caption = Kinds of evidence
unseen-nothing = What was given could be read, and nothing that the answer needs is missing.
time-unknown = time unknown
head-indicators = What to look for elsewhere
head-about = About this report
head-machines = Machines that describe themselves in the evidence
head-footprint = What this check left behind
findings-how = The furthest stage comes first. Open a line to see what it means and the records that show it. Addresses are written so that they cannot be clicked.
findings-none = Nothing counts for the verdict. What follows is context.
rules-count = { $count ->
    [one] 1 rule
   *[other] { $count } rules
  }
stage-means-reconnaissance = Somebody looked around.
stage-means-attempt = Somebody tried. Whether it worked does not show here.
stage-means-exploitation = A step of the attack worked.
stage-means-implant = Something was left behind, such as a page, an account or a task.
stage-means-action = Somebody acted on the server, or used what was left behind.
joined-with = Joined from these places as well:
rule-name = Rule { $name }
under-licence = licence { $licence }
indicators-how = Search the logs of firewalls, proxies and other servers for these. Addresses and links are broken by brackets; take them out before you search.
indicator-hashes = Hashes of files
indicator-value = Value
indicator-seen = Seen with
affected-known-by = How the build is known
affected-source = Source
affected-build = Says
when = When (UTC)
where = Where
why = Why
unread-caption = What was not read, or not in full
narrowed-head = Left out because it was asked for
narrowed-since = Everything before
narrowed-until = Everything after
narrowed-include = Only files such as
narrowed-exclude = All files such as
narrowed-files = Files left out by their path
coverage-kind = Kind of evidence
coverage-amount = Amount
coverage-gaps = Gaps
coverage-no-gaps = no gap noticed
coverage-unread = { $count ->
    [one] 1 place not read in full
   *[other] { $count } places not read in full
  }
machine-name = Name
machine-zone = Local time
footprint-read = { $files ->
    [one] 1 file of evidence was
   *[other] { $files } files of evidence were
  } opened for reading only.
footprint-nothing = Nothing was changed, removed, repaired, sent or asked of another machine.
footprint-written = One file was written: this report, where that was asked for.
footprint-live = On a running server, reading leaves what every program leaves: a trace of its start in the system's own records (event logs, prefetch), use of memory, and, where the file system notes it, times of last access.
timeline-none = Nothing was found that has a time.
timeline-caption = Events, the earliest first
timeline-what = What happened
timeline-stage = Stage
picture-title = Attack, logs and update side by side
picture-window = Attack possible
picture-exposed = { $name }: open to the attack, still
picture-exposed-until = { $name }: open to the attack until { $to }, then updated
picture-signs = Signs found: { $stage }
picture-missing = Not seen: { $kind }
picture-logs = Logs: { $kind }
picture-key-window = the attack could come, or the server was open to it
picture-key-signs = signs of the attack
picture-key-logs = evidence covers this time
picture-key-patch = fixed build in place
picture-key-gap = nothing seen of this time
picture-say-window = The attack could come from { $from } to { $to }.
picture-say-exposed = { $name } has been open to it since { $from }, and still is.
picture-say-exposed-until = { $name } was open to it from { $from } to { $to }, when the fixed build was in place.
picture-say-signs = { $count ->
    [one] 1 event was
   *[other] { $count } events were
  } found, from { $from } to { $to }.
picture-say-logs = The evidence reaches from { $from } to { $to }.
picture-say-gaps = { $count ->
    [0] No silence in it was noticed
    [one] 1 silence in it was noticed
   *[other] { $count } silences in it were noticed
  }; { $missing ->
    [0] no kind of evidence that the answer needs is missing.
    [one] 1 kind of evidence that the answer needs is missing, wholly or in part.
   *[other] { $missing } kinds of evidence that the answer needs are missing, wholly or in part.
  }
hash-of-file = SHA-256 of this file:
# Faces for other programs.
csv-more = The rule held { $count } times in this file; { $shown } of these are listed.
timesketch-verdict = Newest record of the evidence (verdict)
timesketch-record = Time of the record
timesketch-no-time = Time unknown; placed at the newest record
stix-server = Server (no name in the evidence)
stix-grouping = Traces that belong together, as far as this server shows. This does not say who it was. Rules that held:
sarif-base = The folder or file that was given to the check.
markdown-machines = Server

# Many servers at once.
fleet-head = { $servers ->
    [one] 1 server
   *[other] { $servers } servers
  }
fleet-first = Who needs attention first
fleet-shared = Seen on more than one server
fleet-unread = Files that could not be read as a report
fleet-not-compared = { $count ->
    [one] 1 thing was
   *[other] { $count } things were
  } not compared: too many, or too long.
fleet-verdict-clean = clean
fleet-verdict-inconclusive = inconclusive
fleet-verdict-attempted = attempted
fleet-verdict-exploited = EXPLOITED
fleet-verdict-compromised = COMPROMISED
fleet-affected-vulnerable = still open to the attack
fleet-affected-fixed = hole closed
fleet-affected-unaffected = never had the hole
fleet-affected-unknown = build unknown
fleet-affected-mixed = open in part
fleet-intruders = { $count ->
    [one] 1 intruder
   *[other] { $count } intruders
  }
fleet-missing = { $count ->
    [one] 1 kind of evidence is
   *[other] { $count } kinds of evidence are
  } missing
fleet-places = { $count ->
    [one] 1 place was
   *[other] { $count } places were
  } not read, or not in full
fleet-practice = practice data
fleet-partial = broken off
fleet-redacted = redacted
fleet-address = Address
fleet-page = Page
fleet-account = Account
fleet-hash = File (SHA-256)
fleet-by-intruder = used by an intruder
fleet-by-prober = only tried

# Two reports on the same server.
compare-verdict = The verdict changed: { $old } → { $new }
compare-same-verdict = The verdict is the same: { $verdict }
compare-old = Before
compare-new = Now
compare-as-of = as of { $time }
compare-same = { $count ->
    [one] 1 finding is
   *[other] { $count } findings are
  } in both.
compare-unsure = Of { $count ->
    [one] 1 finding
   *[other] { $count } findings
  } nothing can be said: more records held for the rule than a report lists. See the numbers of records.
compare-other-rules = The reports were made with different rules or programs; differences may come from these.
compare-added = New
compare-gone = Gone
compare-rules = Records of each rule, where the number changed
compare-missing-added = Missing only now
compare-missing-gone = No longer missing

# Shown while a run goes on.
progress-reading = Reading
progress-following = Following { $leads } leads
progress-files = { $done } of { $files } files
progress-left = left:
progress-first-signs = First signs, not judged yet:
progress-more-signs = More of this will stand in the report.
