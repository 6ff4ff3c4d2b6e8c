//! One run of a test binary, from its flags to its exit code.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use anstream::{AutoStream, ColorChoice};
use keystone::eval::Stop;
use keystone::eval::journal::SUMMARY_FILE;
use keystone::eval::registry::EvalEntry;

use crate::earlier::{self, Earlier};
use crate::executor::{self, Executor, Job, Plan};
use crate::flags::{self, Colour, Flags, Refusal};
use crate::front::{self, Item};
use crate::progress::Line;
use crate::report::text::{Paint, one_line, width};
use crate::report::{Ending, Finished, github, junit, summary, terminal};
use crate::select::{self, Fate, Named};
use crate::{ExitCode, Site, paths, signals};

/// Runs the evaluations of a test target as its command line asks.
pub(crate) fn run(
    site: Site,
    args: impl IntoIterator<Item = OsString>,
    entries: Vec<&'static EvalEntry>,
) -> ExitCode {
    let mut flags = match Flags::parse(args, &|name| env::var_os(name)) {
        Ok(flags) => flags,
        Err(Refusal::Help(help)) => {
            let _ = io::stdout().write_all(help.as_bytes());
            return ExitCode::Passed;
        }
        Err(Refusal::Bad(why)) => return refuse(&why),
    };
    warn_of_slips();
    if entries.is_empty() {
        complain(&nothing_registered(&site));
        return ExitCode::NothingRegistered;
    }
    let named = match select::named(entries, site.krate) {
        Ok(named) => named,
        Err(why) => return refuse(&why),
    };
    if flags.list {
        let shown = named.iter().filter(|eval| select::fate(eval, &flags) != Fate::FilteredOut);
        front::list(shown.map(|eval| eval.name.clone()).collect(), &flags);
        return ExitCode::Passed;
    }
    if let Some(path) = &flags.logfile
        && let Err(error) = File::create(path)
    {
        return refuse(&format!("--logfile {}: {error}", path.display()));
    }
    match set_up(site, &mut flags, &named) {
        Ok(plan) => evaluate(plan, named),
        Err(why) => refuse(&why),
    }
}

/// What is settled before the first evaluation runs.
struct SetUp {
    flags: Flags,
    site: Site,
    output: PathBuf,
    folder: PathBuf,
    run_id: String,
    earlier: Earlier,
    attempts: bool,
}

fn set_up(site: Site, flags: &mut Flags, named: &[Named]) -> Result<SetUp, String> {
    let output = paths::output_folder(flags.output.as_deref(), &site);
    let text = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let nextest = text("NEXTEST_RUN_ID").filter(|id| flags::is_run_id(id));
    let own = flags.run_id.clone().or(nextest);
    let is_eval = |filter: &str| named.iter().any(|eval| eval.name.contains(filter));
    let earlier = Earlier::find(flags, &output, own.as_deref(), &is_eval)?;
    let attempts = own.is_some() && flags.run_id.is_none();
    let (run_id, folder) = match &earlier {
        Earlier::Resume(folder) => {
            let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (id, folder.clone())
        }
        _ => {
            let id = own.unwrap_or_else(paths::new_run_id);
            let folder = output.join(&id);
            (id, folder)
        }
    };
    Ok(SetUp { flags: flags.clone(), site, output, folder, run_id, earlier, attempts })
}

fn evaluate(set_up: SetUp, named: Vec<Named>) -> ExitCode {
    let SetUp { flags, site, output, folder, run_id, earlier, attempts } = set_up;
    let fates: Vec<Fate> = named.iter().map(|eval| select::fate(eval, &flags)).collect();
    let shown = named.iter().zip(&fates).filter(|(_, fate)| **fate != Fate::FilteredOut);
    let name_width = shown.map(|(eval, _)| width(&eval.name)).max().unwrap_or(0);
    let threads = flags.test_threads.unwrap_or(1);
    let pretty = !flags.terse() && !flags.json() && flags.logfile.is_none();
    let line = Arc::new(Line::new(pretty && threads == 1, name_width));
    if !fates.contains(&Fate::Run) {
        let why_nothing = why_nothing(&named, &fates, &flags);
        let items = named.iter().zip(fates).map(|(eval, fate)| idle_item(eval, fate)).collect();
        front::show(items, &flags, &line);
        if let Some(why) = why_nothing {
            print(&format!("{why}\n"), &flags);
        }
        return ExitCode::Passed;
    }
    if let Err(error) = fs::create_dir_all(&folder) {
        return refuse(&executor::cannot_write(&folder, &error));
    }
    if folder.parent() == Some(output.as_path())
        && let Err(error) = paths::set_latest(&output, &run_id)
    {
        complain(&executor::cannot_write(&output, &error));
        return ExitCode::BadInput;
    }
    let resumed = matches!(earlier, Earlier::Resume(_));
    // Processes that share a run know of one evaluation each, and not of those to come.
    if !attempts && !resumed {
        let chosen = named.iter().zip(&fates).filter(|(_, fate)| **fate == Fate::Run);
        let chosen: Vec<_> = chosen.map(|(eval, _)| executor::source(&site, eval)).collect();
        if let Err(error) = earlier::note_chosen(&folder, &chosen) {
            return refuse(&executor::cannot_write(&folder, &error));
        }
    }
    let chosen = if resumed { earlier::chosen(&folder) } else { None };
    let stop = Stop::default();
    if let Err(error) = signals::listen(stop.clone(), Arc::clone(&line)) {
        warn(&format!("cannot listen for Ctrl-C, which will lose what is in flight: {error}"));
    }
    let plan = Arc::new(Plan {
        flags,
        site,
        run_id,
        folder,
        earlier,
        chosen,
        attempts,
        stop,
        line: Arc::clone(&line),
    });

    let mut jobs = Vec::new();
    let mut items = Vec::with_capacity(named.len());
    for (eval, fate) in named.into_iter().zip(fates) {
        if fate == Fate::Run {
            let (done, end) = mpsc::channel();
            items.push(Item::Run(eval.name.clone(), end));
            jobs.push(Job { eval, done });
        } else {
            items.push(idle_item(&eval, fate));
        }
    }
    let executor = match Executor::start(&plan, jobs, threads) {
        Ok(executor) => executor,
        Err(error) => return refuse(&format!("cannot start a thread: {error}")),
    };
    front::show(items, &plan.flags, &line);
    let finished = executor.join();
    conclude(&plan, &finished)
}

/// What to say of a run that runs nothing, beyond the list.
fn why_nothing(named: &[Named], fates: &[Fate], flags: &Flags) -> Option<String> {
    let ignored = fates.iter().filter(|fate| matches!(fate, Fate::Ignored(_))).count() as u64;
    // The list shows those, with their reasons.
    match (ignored, flags.bench) {
        (0, _) if flags.filters.is_empty() => None,
        (0, _) => Some(select::no_match(named, flags)),
        (_, true) => None,
        (1, _) => Some("1 evaluation is ignored; `--include-ignored` runs it".into()),
        (many, _) => Some(format!("{many} evaluations are ignored; `--include-ignored` runs them")),
    }
}

fn idle_item(eval: &Named, fate: Fate) -> Item {
    match fate {
        Fate::Ignored(why) => Item::Ignored(eval.name.clone(), why.to_owned()),
        Fate::Run | Fate::FilteredOut => Item::FilteredOut,
    }
}

/// The files that a run makes beside its evaluations.
const OF_A_RUN: &[&str] = &[
    earlier::CHOSEN,
    SUMMARY_FILE,
    junit::FILE,
    paths::CLAIM_LOCK,
    paths::QUEUE_LOCK,
    paths::REBUILD_LOCK,
];

/// Writes and prints all reports, and says how the process ends. A report that cannot be written
/// is complained about and changes nothing else.
fn conclude(plan: &Plan, finished: &[Finished]) -> ExitCode {
    let mut code = finished.iter().fold(ExitCode::Passed, |code, eval| code.worse(eval.code()));
    let any_folder = finished.iter().any(|eval| eval.folder.is_some());
    if any_folder || plan.flags.junit.is_some() {
        let junit = plan.flags.junit.as_deref().map(absolute);
        if let Err(error) = summary::rebuild(&plan.folder, &plan.run_id, junit.as_deref()) {
            warn(&format!("cannot write the summary of the run: {error}"));
        }
    }
    // Other processes may have results in a run that they share.
    if !any_folder
        && !plan.attempts
        && !matches!(plan.earlier, Earlier::Resume(_))
        && let Some(output) = plan.folder.parent()
    {
        paths::forget(output, &plan.run_id, OF_A_RUN);
    }
    let folder = any_folder.then_some(plan.folder.as_path());
    let look = terminal::Look { paint: Paint(coloured(&plan.flags)), quiet: plan.flags.terse() };
    let resume = format!("{} --resume", executor::command(&plan.site));
    let mut report = terminal::report(finished, folder, &resume, look);
    let (idle_code, idle_text) = idleness(plan, finished);
    report.push_str(&idle_text);
    code = code.worse(idle_code);
    let in_github = env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    if in_github {
        // What a model wrote must not be taken for a command to the runner.
        let token = paths::new_run_id();
        report = format!("::stop-commands::{token}\n{report}\n::{token}::\n");
        report.push_str(&github::annotations(finished, &|eval| in_repository(eval)));
    }
    print(&report, &plan.flags);
    if in_github {
        append_step_summary(finished);
    }
    code
}

/// What to say where rows that were asked for were not found, or where nothing was to do.
fn idleness(plan: &Plan, finished: &[Finished]) -> (ExitCode, String) {
    let flags = &plan.flags;
    let tried = finished.iter().any(|eval| !eval.is_idle());
    let close: Vec<&str> = finished
        .iter()
        .flat_map(|eval| match &eval.ending {
            Ending::Empty { close, .. } => close.as_slice(),
            _ => &[],
        })
        .map(|id| id.trim_matches('`'))
        .take(3)
        .collect();
    let hint = |ids: &[&String]| {
        let near = ids.iter().find_map(|id| select::closest(id, close.iter().copied()));
        near.or_else(|| close.first().copied())
            .map_or_else(String::new, |near| format!("; did you mean `{}`?", one_line(near, 100)))
    };
    if !tried {
        let empty = finished.iter().any(|eval| matches!(eval.ending, Ending::Empty { .. }));
        if !empty {
            let run = plan.earlier.folder().map(Path::display);
            let run = run.map_or_else(String::new, |run| format!(" in {run}"));
            let text = format!("nothing to run: no row failed{run}\n");
            return (ExitCode::Passed, text);
        }
        let asked = flags.row_filters();
        let text = if asked.is_empty() {
            let mut text = String::from("error: nothing to run\n");
            for eval in finished.iter().take(5) {
                text.push_str(&format!("  {}: {}\n", eval.name, terminal::reason(eval)));
            }
            text
        } else {
            let all: Vec<&String> = flags.case.iter().collect();
            format!("error: no row of any evaluation matches {asked}{}\n", hint(&all))
        };
        return (ExitCode::BadInput, text);
    }
    // An id that no evaluation knows is a slip, even where another was found. Where one could
    // not run there is no telling.
    let told = finished.iter().all(|eval| eval.is_idle() || eval.ran().is_some());
    let found = |id: &String| {
        finished.iter().filter_map(Finished::ran).any(|ran| !ran.missing.contains(id))
    };
    let unknown: Vec<&String> = flags.case.iter().filter(|id| !found(id)).collect();
    if unknown.is_empty() || !told {
        return (ExitCode::Passed, String::new());
    }
    let ids: Vec<String> = unknown.iter().map(|id| format!("`{}`", one_line(id, 100))).collect();
    let text = format!("error: no evaluation has a row {}{}\n", ids.join(" or "), hint(&unknown));
    (ExitCode::BadInput, text)
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Where a source file is in the repository that GitHub checked out. The compiler knows it
/// relative to the workspace, which may be a folder of the repository.
fn in_repository(eval: &Finished) -> String {
    let file = Path::new(&eval.file);
    let here = env::current_dir().unwrap_or_default();
    let whole = here.ancestors().map(|folder| folder.join(file)).find(|path| path.is_file());
    let root = env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
    let inside = whole.as_deref().zip(root.as_deref());
    let inside = inside.and_then(|(whole, root)| whole.strip_prefix(root).ok());
    inside.unwrap_or(file).to_string_lossy().replace('\\', "/")
}

fn append_step_summary(finished: &[Finished]) {
    let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return;
    };
    let text = github::step_summary(finished);
    let file = fs::OpenOptions::new().create(true).append(true).open(path);
    if let Err(error) = file.and_then(|mut file| file.write_all(text.as_bytes())) {
        warn(&format!("cannot write the summary of the step: {error}"));
    }
}

fn coloured(flags: &Flags) -> bool {
    match flags.color {
        Some(Colour::Always) => true,
        Some(Colour::Never) => false,
        Some(Colour::Auto) | None if flags.json() => {
            AutoStream::choice(&io::stderr()) != ColorChoice::Never
        }
        Some(Colour::Auto) | None => AutoStream::choice(&io::stdout()) != ColorChoice::Never,
    }
}

/// Prints a report: on stdout, or on stderr where stdout belongs to JSON events. A pipe that is
/// closed has a reader that has seen enough.
fn print(text: &str, flags: &Flags) {
    let choice = if coloured(flags) { ColorChoice::Always } else { ColorChoice::Never };
    let _ = if flags.json() {
        AutoStream::new(io::stderr(), choice).write_all(text.as_bytes())
    } else {
        let mut out = AutoStream::new(io::stdout(), choice);
        out.write_all(text.as_bytes()).and_then(|()| out.flush())
    };
}

fn refuse(why: &str) -> ExitCode {
    complain(why);
    ExitCode::BadInput
}

fn complain(why: &str) {
    let _ = writeln!(io::stderr(), "{}: {why}", stderr_paint().bad("error"));
}

/// Says what went wrong where the run goes on all the same.
fn warn(why: &str) {
    let _ = writeln!(io::stderr(), "{}: {why}", stderr_paint().warn("warning"));
}

fn stderr_paint() -> Paint {
    let choice = AutoStream::choice(&io::stderr());
    Paint(choice != ColorChoice::Never && io::stderr().is_terminal())
}

fn warn_of_slips() {
    let names: Vec<String> =
        env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect();
    for (name, meant) in flags::misspelt(names.iter().map(String::as_str)) {
        warn(&format!("{name} is no setting of evaluations; did you mean {meant}?"));
    }
}

fn nothing_registered(site: &Site) -> String {
    let target = site.target();
    format!(
        "no evaluation is registered in the test target `{target}`, and a run of nothing is no pass\n  \
         write one in {target} or in a module of it: `#[keystone::eval(…)] fn name(input: String) -> String`\n  \
         those of another crate are linked only where something names the crate: \
         `use my_evals as _;` or `keystone_harness::main!(my_evals);`"
    )
}
