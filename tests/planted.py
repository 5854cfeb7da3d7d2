#!/usr/bin/python3
"""Plants known mistakes one by one and sees the check that is meant to catch each of them fail.

    tests/planted.py [TEXT]     only those whose description contains TEXT

Works on this checkout, whose product code must have no uncommitted changes, with the build in .build/dev; every file
is put back. A mistake that no check notices, or whose place is gone, ends it with 1.
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / '.build/dev'


def gtest(program, name):
    return program, [f'.build/dev/tests/{program}', f'--gtest_filter={name}', '--gtest_brief=1']


def node(file, name):
    return 'latchkey', ['node', '--test', f'--test-name-pattern={name}', f'tests/{file}']


# What is wrong, where, what stood there, what stands there now, and who notices.
PLANTED = [
    ('a message may have both a length and chunks', 'web/server/framing_gate.cpp',
     'return refuse(400, "Transfer-Encoding with Content-Length");', ';',
     gtest('web_tests', 'FramingGate.*')),
    ('a server that stops closes connections that have only just come', 'web/server/connections.cpp',
     'connection->enter(Phase::fresh, now, kFirstWords);', 'if (now >= SteadyTime{}) connection->close();',
     node('faults/restarts.test.mjs', 'twenty restarts')),
    ('a form counts without its token', 'web/pages/site.cpp',
     'if (!http::form_token_holds(crypto_, call.visitor.session, call.form_token())) {',
     'if (call.form_token().size() > 9999 && !http::form_token_holds(crypto_, call.visitor.session, call.form_token())) {',
     node('browser/bad_input.test.mjs', 'A foreign or missing form token')),
    ('a token that was replaced still opens the session', 'web/pages/visitor.cpp',
     'if (!same_form) return anonymous();', 'if (!same_form && token.empty()) return anonymous();',
     node('browser/account.test.mjs', 'gets another cookie')),
    ('the act does not ask for its proofs', 'db/stores/request_store.cpp',
     '"   WHERE demand.request = $1 AND demand.required = 1"', '"   WHERE demand.request = $1 AND demand.required = 2"',
     gtest('db_tests', '*Changes.*')),
    ('a request is saved over what somebody else saved', 'db/stores/request_store.cpp',
     '" body = $6 WHERE id = $1 AND version = $2"};', '" body = $6 WHERE id = $1 AND version + 0 * $2 = version"};',
     gtest('db_tests', '*Changes.*')),
    ('tries are not counted before they are judged', 'db/stores/budget_store.cpp',
     'WHERE (budget.expires_at > $3 AND budget.used < $2"', 'WHERE (budget.expires_at > $3 AND budget.used < $2 + 5"',
     gtest('db_tests', '*Budgets.*')),
    ('the code of an app works twice', 'verifications/authenticator.cpp',
     'app["last_step"] = *step;', '',
     gtest('verifications_tests', 'Authenticator.*')),
    ('the owner is not told of a new password', 'engine/act.cpp',
     'sets_password(process.purpose) ? "password_changed" : "account_unlocked",', '"account_unlocked",',
     node('faults/nth_operation.test.mjs', 'a local reset')),
    ('the body of a message is kept in the clear', 'db/stores/message_store.cpp',
     'sealer_.seal(body_of(m.id.text()), body.dump()), m.campaign);', 'body.dump(), m.campaign);',
     gtest('db_tests', '*Outbox.WipesWhatWasAccepted*:OutboxFile.*')),
    ('the body of a message stays after it was taken', 'db/stores/message_store.cpp',
     'shown_at ELSE $5 END, body = NULL"', 'shown_at ELSE $5 END"',
     gtest('db_tests', '*Outbox.WipesWhatWasAccepted*:OutboxFile.*')),
    ('a chain goes on from a head that was changed', 'db/stores/activity_log.cpp',
     'head.sequence == 0 || crypto_.equal(old_proof, proof(head));', 'true;',
     gtest('db_tests', '*ActivityLog.*')),
    ('a decoy\'s message is not even probed for', 'web/outbound/courier.cpp', 'claimed.message.decoy', 'false',
     gtest('web_tests', 'Courier*')),
    ('a COMMIT whose answer was lost is run again', 'db/postgres/postgres_database.cpp',
     'throw Outage(std::string("it is unknown whether a change was kept: ") + lost.what());', 'return write_once(body);',
     node('faults/nodes.test.mjs', 'loses the connection')),
    ('a proof beside the password is given without its session', 'engine/trial_desk.cpp',
     'change.session = proved;', 'static_cast<void>(proved);',
     gtest('journeys_tests', '*Trials.KeepsATrial*')),
    ('two that begin the same session are in each other\'s way', 'db/stores/session_store.cpp',
     '" ON CONFLICT DO NOTHING"};', '" ON CONFLICT (id) DO NOTHING"};',
     gtest('db_tests', '*Sessions.*')),
    ('a form may hold any field', 'web/pages/site.cpp',
     'if (!route.fields.admit(call.form)) return fault(call.request, "bad_form", 422);', '',
     gtest('journeys_tests', '*Routes.*')),
    ('a page of an account is for anyone', 'web/pages/step_up.cpp',
     'site.get(pattern, Access::signed_in, Pace::waits, with_account(action));',
     'site.get(pattern, Access::anyone, Pace::waits, with_account(action));',
     gtest('journeys_tests', '*Routes.*')),
    ('nobody is told at the former address', 'engine/profile.cpp',
     '"contact_changed", Json::object(), former,', '"contact_changed", Json::object(), {},',
     gtest('journeys_tests', '*Profiles.*')),
    ('a lease ends although its message is still being sent', 'db/stores/message_store.cpp',
     '"UPDATE message SET due_at = $3 WHERE id = $1 AND worker = $2', '"UPDATE message SET due_at = due_at + 0 * $3 WHERE id = $1 AND worker = $2',
     gtest('web_tests', 'WorkerTest.KeepsWhat*')),
    ('a rotation leaves the peppers under the former key', 'db/sql/reseal.cpp',
     'if (plain.starts_with(kSlowHash)) return crypto.under_newest_key(plain);', 'if (plain.starts_with(kSlowHash)) return plain;',
     gtest('db_tests', '*Resealing.*')),
    ('what changed in a profile counts as old', 'engine/more_proof.cpp',
     'if (at > before) subject.attributes.erase(attribute);', 'if (at > before + Hours{9999}) subject.attributes.erase(attribute);',
     gtest('journeys_tests', '*Profiles.*')),
    ('a name that somebody has takes some milliseconds longer', 'engine/casework.cpp',
     'if (out.account->disabled)', 'if (std::ranges::count(std::string(500\'000, \' \'), \'x\') > 0 || out.account->disabled)',
     node('attacks/timing.test.mjs', 'the time of no step')),
    ('what was begun before a backup goes on after it', 'db/sql/backup.cpp',
     'to.run(kVoidRequests, now);\n    to.run(kVoidMessages, now);\n    to.run(kVoidSessions);', '',
     node('faults/backup.test.mjs', 'goes on in SQLite')),
    ('a clock that is set back keeps a session alive', 'web/pages/visitor.cpp',
     'const bool set_back = is_ahead(session.seen_at, now);', 'const bool set_back = false;',
     node('faults/clock.test.mjs', 'by a day gives nobody')),
    ('a code that was too old may come back', 'verifications/sent_code.cpp', 'memory["over"] = true;', 'memory["over"] = false;',
     gtest('verifications_tests', 'EmailCode.*')),
    ('only who exists is blocked at the door', 'engine/sign_in.cpp',
     'else if (spent.used.front() >= kTries) {', 'else if (person.account && spent.used.front() >= kTries) {',
     node('attacks/strangers.test.mjs', 'all is well')),
    ('a name that nobody has may begin once more', 'engine/conductor.cpp',
     '"limits.requests_per_day"),', '"limits.requests_per_day") + (named.account ? 0 : 1),',
     node('attacks/strangers.test.mjs', 'all is well')),
    ('a header tells who exists', 'web/pages/start_pages.cpp',
     'if (begun) return frame_.go(call, "/r/" + begun->request.id.text());',
     'if (begun) return frame_.go(call, "/r/" + begun->request.id.text()).with("X-Way", begun->request.decoy ? "1" : "2");',
     node('attacks/strangers.test.mjs', 'all is well')),
    ('the message of a decoy is of another kind', 'engine/casework.cpp',
     'message.decoy = bench.decoy;', 'message.decoy = bench.decoy; if (bench.decoy) message.wording = "enroll_code";',
     node('attacks/strangers.test.mjs', 'all is well')),
    ('a page says that an address was refused', 'db/stores/message_store.cpp',
     'return reached || before == "accepted"', 'return (reached && failure != "refused") || before == "accepted"',
     node('attacks/strangers.test.mjs', 'all is well')),
    ('mail to a decoy leaves while the server takes none', 'web/outbound/courier.cpp',
     'Outcome outcome = way.transport.probe(allowance);',
     'Outcome outcome = claimed.message.decoy ? Outcome{Outcome::Kind::accepted, true, {}} : way.transport.probe(allowance);',
     node('attacks/strangers.test.mjs', 'the mail server refuses')),
    ('an open route is met by no stranger', 'tests/journeys/routes_test.cpp',
     '"GET /not-me",', '"GET /not-me", "GET /not-met",',
     node('attacks/strangers.test.mjs', 'all is well')),
    ('what was typed is in the record', 'engine/conductor.cpp',
     'origin, {}, {{"verification", verification}}));\n    }\n    const bool fresh',
     'origin, {}, {{"verification", verification}, {"typed", raw.rbegin()->second}}));\n    }\n    const bool fresh',
     node('attacks/secrets.test.mjs', 'no secret is in any file')),
    ('what a form holds is logged', 'web/pages/site.cpp',
     'call.form = std::move(*form);',
     'call.form = std::move(*form); for (const auto& [key, value] : call.form) log(LogLevel::debug, "form", {{key, value}});',
     node('attacks/secrets.test.mjs', 'no secret is in any file')),
    ('a password that was refused is shown', 'web/pages/request_pages.cpp',
     'view["process"] = call.catalog.pick(at.process->title);',
     'view["process"] = call.catalog.pick(at.process->title) + std::string(call.form["password"]);',
     node('attacks/secrets.test.mjs', 'no page says')),
    ('a mail server may be quoted with a code', 'web/outbound/smtp.cpp',
     'auto hidden = secrets_of(message);', 'std::vector<std::string> hidden;',
     node('attacks/secrets.test.mjs', 'no secret is in any file')),
    ('a URL that cannot be read is quoted', 'db/postgres/postgres_connection.cpp',
     'if (!readable)', 'if (!readable && url.empty())',
     node('attacks/secrets.test.mjs', 'no secret is in any file')),
    ('a crash leaves the memory in a file', 'web/main.cpp',
     'setrlimit(RLIMIT_CORE, &none);', 'setrlimit(RLIMIT_RSS, &none);',
     node('attacks/secrets.test.mjs', 'a crash leaves')),
    ('the search for secrets knows no UTF-16', 'tests/browser/support/canaries.mjs',
     ", Buffer.from(text, 'utf16le')", '',
     node('attacks/secrets.test.mjs', 'What is looked for')),
    ('a slow request is never ended', 'web/server/connections.cpp',
     'if (connection.deadline() && *connection.deadline() <= now) return true;', '',
     node('attacks/slow_connections.test.mjs', 'slow and silent')),
    ('the code of a message is the same in every request', 'verifications/sent_code.cpp',
     '{channel.type, challenge, address});', '{channel.type, challenge.substr(0, 0), address});',
     gtest('journeys_tests', '*Binding.*')),
    ('what one verification holds is right for another of its type', 'engine/casework.cpp',
     'if (enrollment.verification != configured.name) continue;', 'if (enrollment.verification.substr(0, 3) != configured.name.substr(0, 3)) continue;',
     gtest('journeys_tests', '*Binding.*')),
    ('all trials of an account are one', 'engine/trial_desk.cpp',
     'return "(trial)" + verification;', 'return "(trial)" + verification.substr(0, 0);',
     gtest('journeys_tests', '*Binding.*')),
    ('a proof passes what is in front of the person', 'engine/reset_request.cpp',
     'step->state = StepState::passed;', 'step->state = StepState::passed; for (Progress& other : request.steps) if (other.verification.starts_with(verification)) other.state = StepState::passed;',
     gtest('journeys_tests', '*Binding.*')),
    ('a block forgets the failures before it is seen', 'db/stores/budget_store.cpp',
     '"UPDATE budget SET expires_at = $2 WHERE key = $1"', '"UPDATE budget SET expires_at = 0 * $2 WHERE key = $1"',
     gtest('journeys_tests', '*Blocks.*')),
    ('a block forgets the failures before it is seen, in a race', 'db/stores/budget_store.cpp',
     '"UPDATE budget SET expires_at = $2 WHERE key = $1"', '"UPDATE budget SET expires_at = 0 * $2 WHERE key = $1"',
     node('browser/races_of_types.test.mjs', 'ten requests of one person')),
    ('the answers of a day are counted for each request', 'engine/answer_count.cpp',
     '{.key = account_key("answers", account),', '{.key = account_key("answers", account) + request.text(),',
     node('browser/races_of_types.test.mjs', 'so many answers a day')),
    ('a try counts only with what came of it', 'engine/conductor.cpp',
     'const auto spent = parts_.budgets.spend(budgets, opened->now);',
     'Spent spent; for (const auto& each : budgets) spent.used.push_back(parts_.budgets.used({each.key}, opened->now).front() + 1);',
     node('faults/counted.test.mjs', 'SQLite: a process that is killed')),
    ('a head may have a header more', 'web/server/framing_gate.cpp',
     'if (++fields_ > limits_.header_count)', 'if (++fields_ > limits_.header_count + 1)',
     gtest('web_tests', 'FramingGate.*')),
    ('a deadline lasts a moment longer', 'web/server/connections.cpp',
     '*connection.deadline() <= now)', '*connection.deadline() < now)',
     gtest('web_tests', 'ServerDeadlines.*')),
    ('a body of just the least pace is too slow', 'web/server/connections.cpp',
     'static_cast<double>(connection.body_bytes()) < least;', 'static_cast<double>(connection.body_bytes()) <= least;',
     gtest('web_tests', 'ServerDeadlines.*')),
    ('a form may have a field more', 'web/http/forms.cpp',
     'if (form.size() == limits.fields)', 'if (form.size() == limits.fields + 1)',
     gtest('web_tests', 'Form.*')),
    ('a former primary that comes back is believed', 'db/postgres/postgres_servers.cpp',
     '(best && connection->timeline() <= best->timeline())', 'best',
     node('faults/failover.test.mjs', 'former primary')),
    ('a commit waits for ever for a standby', 'db/postgres/postgres_connection.cpp',
     'constexpr Milliseconds kCommit = Seconds{10};', 'constexpr Milliseconds kCommit = Hours{1};',
     node('faults/failover.test.mjs', 'gone leaves nobody')),
    ('races that are lost are run again without end', 'db/postgres/postgres_database.cpp',
     'constexpr int kTries = 3;', 'constexpr int kTries = 30;',
     node('faults/nodes.test.mjs', 'lose every race')),
    ('a rotation waits anew after each interruption', 'web/application.cpp',
     'set_back ? kKeysAreTakenUp : kKeysAreTakenUp - age', 'set_back ? age : kKeysAreTakenUp',
     node('faults/rotation.test.mjs', 'SQLite')),
    ('a rotation ends before the last table', 'db/sql/reseal.cpp',
     'for (const SealedColumn& column : kSealedColumns)\n        changed', 'for (const SealedColumn& column : std::span(kSealedColumns).first(5))\n        changed',
     node('faults/rotation.test.mjs', 'SQLite')),
    ('a key that another program has already is not looked for', 'db/crypto/aead_box.cpp',
     'subkeys(source_.look_again())', 'subkeys(source_.ring())',
     gtest('db_tests', 'KeyFile.*')),
    ('a new key is made although the database was sealed with another', 'web/application.cpp',
     'require_no_keys(*database);', '',
     node('faults/files.test.mjs', 'is missing')),
    ('a group may read the key file', 'db/crypto/key_file.cpp',
     '(status.st_mode & 077) != 0', '(status.st_mode & 007) != 0',
     node('faults/files.test.mjs', 'a group can write')),
    ('the key file may be a pipe that nobody writes to', 'db/crypto/key_file.cpp',
     'O_RDONLY | O_NONBLOCK | O_CLOEXEC', 'O_RDONLY | O_CLOEXEC',
     node('faults/files.test.mjs', 'is a pipe')),
    ('a damaged database is served', 'web/cli/serve.cpp',
     'application.damage(); !faults.empty())', 'application.damage(); faults.size() > 9999)',
     node('faults/files.test.mjs', 'any one page')),
    ('a row that cannot be opened ends the server', 'web/pages/site.cpp',
     'log(LogLevel::error, "fault", {{"route"', 'std::terminate();\n        log(LogLevel::error, "fault", {{"route"',
     node('faults/files.test.mjs', 'a byte of her password')),
    ('a damaged database is backed up', 'db/sql/backup.cpp',
     'from.faults(); !faults.empty())', 'from.faults(); faults.size() > 9999)',
     node('faults/files.test.mjs', 'any one page')),
    ('what is demanded goes away by failing at it', 'engine/more_proof.cpp',
     'progress->state == StepState::passed)\n            continue;',
     'progress->state == StepState::passed ||\n            progress->state == StepState::failed)\n            continue;',
     gtest('journeys_tests', '*EnoughProof.*')),
    ('a name in a tag may go on behind a slash', 'web/render/html_context.cpp',
     'std::string_view("-_:.@")', 'std::string_view("-_:.@/")',
     gtest('web_tests', 'Template.*')),
    ('what follows a section becomes a part of it', 'web/render/template.cpp',
     'out.size() != behind_section_ &&', 'out.size() != behind_section_ + 9999 &&',
     gtest('web_tests', 'Template.*')),
    ('a mail is sent when nobody waits for it any more', 'web/outbound/retry.cpp',
     'return next < message.give_up_at ? std::optional(next) : std::nullopt;', 'return std::max(next, message.give_up_at);',
     node('faults/mail_repeated.test.mjs', 'sent again')),
    ('a statement asks the database for the time', 'db/stores/session_store.cpp',
     '"DELETE FROM session WHERE id = $1"};', '"DELETE FROM session WHERE id = $1 AND CURRENT_TIMESTAMP IS NOT NULL"};',
     gtest('db_tests', 'DatabaseClock.*')),
    ('a message is due by the clock of the database', 'db/stores/message_store.cpp',
     'AND due_at <= $4"', 'AND due_at <= CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT) + 0 * $4"',
     node('faults/clock.test.mjs', 'never asked')),
    ('each page leaves something behind in memory', 'web/pages/site.cpp',
     'const Route& route = routes_[*found.route];\n', 'const Route& route = routes_[*found.route];\n    auto* volatile left = new std::string(100\'000, \'x\');\n    static_cast<void>(left);\n',
     node('faults/soak.test.mjs', 'people and faults')),
]


def fails(target, command):
    build = subprocess.run(['ninja', '-C', BUILD, target], capture_output=True, text=True)
    if build.returncode:
        return 'the compiler'
    env = os.environ | {'LATCHKEY_NTH_LIBRARY': str(BUILD / 'tests/faults/libnth.so'), 'LATCHKEY_EVERY': '400',
                        'LATCHKEY_SAMPLES': '300'}
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=env, timeout=300)
    except subprocess.TimeoutExpired:
        return 'the check, which does not end'
    return 'the check' if run.returncode else ''


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ''
    unnoticed = 0
    for what, file, before, after, check in PLANTED:
        if wanted not in what:
            continue
        path = ROOT / file
        sound = path.read_text(encoding='utf-8')
        if sound.count(before) != 1:
            print(f'GONE      {what}: {file} has its place {sound.count(before)} times', flush=True)
            unnoticed += 1
            continue
        try:
            path.write_text(sound.replace(before, after), encoding='utf-8')
            by = fails(*check)
        finally:
            path.write_text(sound, encoding='utf-8')
        unnoticed += not by
        print(f'{"noticed" if by else "UNNOTICED":9} {what}{": by " + by if by else ""}', flush=True)
    return 1 if unnoticed else 0


if __name__ == '__main__':
    sys.exit(main())
