//! libtest-mimic, kept where it can do no harm: it prints the list of evaluations as every test
//! binary does, and waits for those who run them.

use std::cell::Cell;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use libtest_mimic::{Arguments, ColorSetting, Completion, Failed, FormatSetting, Trial};

use crate::executor::Verdict;
use crate::flags::{Colour, Flags, Format};
use crate::progress::Line;

/// One evaluation of the list.
pub(crate) enum Item {
    /// It runs; its end comes from there.
    Run(String, Receiver<Verdict>),
    /// It is shown and not run, for this reason.
    Ignored(String, String),
    /// It counts as filtered out.
    FilteredOut,
}

/// The name under which evaluations that were filtered out are handed over. No evaluation has it.
const NOBODY: &str = "";

thread_local! {
    /// Whether this thread is within libtest-mimic.
    static WITHIN: Cell<bool> = const { Cell::new(false) };
}

/// Prints the names of the evaluations.
pub(crate) fn list(names: Vec<String>, flags: &Flags) {
    let trials = names.into_iter().map(|name| Trial::test(name, || Ok(()))).collect();
    contained(|| drop(libtest_mimic::run(&Arguments { list: true, ..arguments(flags) }, trials)));
}

/// Prints the list of evaluations, each when its end is known. Comes back before that only where
/// the list cannot be printed.
pub(crate) fn show(items: Vec<Item>, flags: &Flags, line: &Arc<Line>) {
    let trials = items.into_iter().map(|item| trial(item, line)).collect();
    let mut arguments = arguments(flags);
    // Makes it count those that were filtered out, which is a line of its summary. A filter of
    // its own it would compare with every name once more.
    arguments.exact = true;
    arguments.skip = vec![NOBODY.to_owned()];
    contained(|| drop(libtest_mimic::run(&arguments, trials)));
}

fn trial(item: Item, line: &Arc<Line>) -> Trial {
    match item {
        Item::FilteredOut => Trial::test(NOBODY, || Ok(())),
        Item::Ignored(name, why) => {
            Trial::ignorable_test(name, move || Ok(Completion::ignored_with(why)))
        }
        Item::Run(name, end) => {
            let line = Arc::clone(line);
            let shown = name.clone();
            Trial::ignorable_test(name, move || {
                line.opened(&shown);
                let end = end.recv();
                line.closed();
                match end {
                    Ok(Verdict::Passed) => Ok(Completion::Completed),
                    Ok(Verdict::Idle(why)) => Ok(Completion::ignored_with(why)),
                    Ok(Verdict::Failed(why)) => Err(Failed::from(why)),
                    Err(_) => Err(Failed::from("the evaluation was lost")),
                }
            })
        }
    }
}

fn arguments(flags: &Flags) -> Arguments {
    Arguments {
        quiet: flags.quiet,
        format: flags.format.map(|format| match format {
            Format::Pretty => FormatSetting::Pretty,
            Format::Terse => FormatSetting::Terse,
            Format::Json => FormatSetting::Json,
        }),
        color: flags.color.map(|colour| match colour {
            Colour::Auto => ColorSetting::Auto,
            Colour::Always => ColorSetting::Always,
            Colour::Never => ColorSetting::Never,
        }),
        logfile: flags.logfile.as_ref().map(|path| path.to_string_lossy().into_owned()),
        test_threads: Some(flags.test_threads.unwrap_or(1)),
        ..Arguments::default()
    }
}

/// Keeps in a panic of the printer, which is how it answers to a closed pipe or a full disk.
fn contained(print: impl FnOnce()) {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !WITHIN.get() {
            before(info);
        }
    }));
    WITHIN.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(print));
    WITHIN.set(false);
    if let Err(panic) = result {
        let text = panic.downcast_ref::<String>().map_or("", String::as_str);
        // A reader that has seen enough is nothing to report.
        if !text.contains("BrokenPipe") {
            let _ = io::Write::write_fmt(
                &mut io::stderr(),
                format_args!("warning: the list of evaluations could not be printed: {text}\n"),
            );
        }
    }
}
