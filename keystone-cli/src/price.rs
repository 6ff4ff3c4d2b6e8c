//! `keystone price`: what a call of a model costs.

use clap::Args;
use keystone::pricing::Prices;
use serde::Serialize;

use crate::diagnostics::error;
use crate::ending::Ending;
use crate::files;

const AFTER_HELP: &str = "\
Answer:
  {\"model\":\"gpt-4o-mini-2024-07-18\",\"matched\":\"gpt-4o-mini-2024-07-18\",\"usd\":0.00018}
  `matched` is the name in the table whose price was taken. `usd` is rounded to six decimals and
  never negative. Of a model that is not known, both are null.

Exit codes:
  0  the model is known
  1  it is not, or the answer could not be written
  2  the command line is at fault

Examples:
  keystone price claude-sonnet-4-5 --input 4200 --output 1800 --cache 1500
  keystone price openai/gpt-4o --input 1000000 | jq .usd";

/// Estimate what a call of a model costs
///
/// Writes one JSON line to the standard output. The name may have the prefix of a provider, a
/// date, or other case than in the table.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment, after_help = AFTER_HELP)]
pub(crate) struct Options {
    /// The name of the model, as it is given to the provider
    model: String,

    /// How many tokens are sent, those from the cache among them
    #[arg(long, value_name = "N", default_value_t = 0)]
    input: u64,

    /// How many tokens come back
    #[arg(long, value_name = "N", default_value_t = 0)]
    output: u64,

    /// How many of the tokens sent are read from the provider's cache, at a tenth of the price
    #[arg(long, value_name = "N", default_value_t = 0)]
    cache: u64,
}

/// The line that is written.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    model: &'a str,
    matched: Option<&'a str>,
    usd: Option<f64>,
}

/// Says what the call costs.
pub(crate) fn run(options: &Options) -> Ending {
    let Options { model, input, output, cache } = options;
    let prices = Prices::builtin();
    let found = prices.lookup(model);
    let answer = Answer {
        model,
        matched: found.as_ref().map(|found| found.name.as_str()),
        usd: found.as_ref().map(|found| found.price.cost(*input, *output, *cache)),
    };
    let line = match serde_json::to_string(&answer) {
        Ok(line) => line,
        Err(problem) => {
            error(problem);
            return Ending::Incomplete;
        }
    };
    let written = files::write(&format!("{line}\n"));
    if found.is_some() {
        return written;
    }
    match near(&prices, model) {
        Some(near) => {
            error(format!("the price of {model:?} is not known; did you mean `{near}`?"));
        }
        None => error(format!("the price of {model:?} is not known")),
    }
    Ending::Incomplete
}

/// A known name that is written much like this one.
fn near<'a>(prices: &'a Prices, model: &str) -> Option<&'a str> {
    // No known name is as long, and the effort grows with the square.
    if model.len() > 100 {
        return None;
    }
    let model = model.to_lowercase();
    prices
        .iter()
        .map(|(name, _)| (strsim::damerau_levenshtein(&model, name), name))
        .filter(|(distance, name)| *distance <= 2 && distance * 3 < name.len())
        .min()
        .map(|(_, name)| name)
}
