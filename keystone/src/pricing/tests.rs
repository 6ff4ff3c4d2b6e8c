use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;

use super::prices::BUILTIN;
use super::{Price, PriceError, Prices, add, estimate_cost, lookup};

fn found(model: &str) -> Option<String> {
    Prices::builtin().lookup(model).map(|found| found.name)
}

#[test]
fn the_table_is_that_of_the_reference() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference/pricing.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        let required =
            std::env::var_os("KEYSTONE_REQUIRE_SHARED").is_some_and(|value| value == "1");
        assert!(!required, "../shared/reference/pricing.json, beside the repository, is absent");
        eprintln!("skipped: ../shared/reference/pricing.json, beside the repository, is absent");
        return;
    };
    let parse = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(parse(BUILTIN), parse(&text));
}

#[test]
fn the_table_is_whole() {
    let file: Value = serde_json::from_str(BUILTIN).expect("JSON");
    let models = file["models"].as_object().expect("models");
    assert!(models.len() > 100);
    // No two names are one when they are compared.
    assert_eq!(Prices::builtin().iter().count(), models.len());
    for (name, price) in Prices::builtin().iter() {
        assert_eq!(models[name]["input"].as_f64(), Some(price.input), "{name}");
        assert_eq!(models[name]["output"].as_f64(), Some(price.output), "{name}");
        assert!(Prices::empty().with(name, price).is_ok(), "{name}");
    }
    assert_eq!(file["cache_discount"].as_f64(), Some(0.9));
    let price = Price::per_million(1.0, 0.0);
    assert_eq!(price.cost(1_000_000, 0, 1_000_000), 0.1);
}

#[test]
fn names_find_the_model_that_they_mean() {
    for (model, name) in [
        // As it is, whatever the case.
        ("gpt-4o", "gpt-4o"),
        ("GPT-4o", "gpt-4o"),
        ("deepseek/deepseek-r1", "deepseek/deepseek-r1"),
        // Behind the prefix of a provider.
        ("openai/gpt-4o", "gpt-4o"),
        ("openai/gpt-5.4-mini", "openai/gpt-5.4-mini"),
        ("openrouter/openai/gpt-5.4-mini", "openai/gpt-5.4-mini"),
        ("groq/llama-3.3-70b-versatile", "llama-3.3-70b-versatile"),
        ("together/llama-3.1-70b", "together/llama-3.1-70b"),
        ("fireworks/meta-llama/llama-3.1-70b-instruct", "meta-llama/llama-3.1-70b"),
        ("models/gemini-2.5-flash-lite-001", "gemini-2.5-flash-lite"),
        // The longest, not the first.
        ("gpt-4o-mini-2025-01-01", "gpt-4o-mini"),
        ("azure/eu/gpt-4o-mini-2025-01-01", "gpt-4o-mini"),
        ("gpt-4-0613", "gpt-4"),
        ("gpt-4-32k", "gpt-4"),
        ("gpt-4-1106-preview", "gpt-4"),
        ("gpt-3.5-turbo-16k", "gpt-3.5-turbo"),
        ("gpt-5-codex", "gpt-5"),
        ("ft:gpt-4o-mini-2024-07-18:acme::id", "gpt-4o-mini-2024-07-18"),
        ("command-r-plus-08-2024", "command-r-plus"),
        ("grok-4-fast-reasoning-beta", "grok-4-fast-reasoning"),
        ("o1-preview", "o1"),
        ("o1:high", "o1"),
        ("my_o1_proxy", "o1"),
        // Versions in either spelling.
        ("grok-4-1-fast-reasoning", "grok-4.1-fast"),
        ("anthropic/claude-opus-4.5", "claude-opus-4-5"),
        ("GPT 4.1 nano", "gpt-4.1-nano"),
        // What clouds make of names.
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5-20250929"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"),
        ("anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku-20240307"),
        ("eu.amazon.nova-pro-v1:0", "amazon.nova-pro"),
        (
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0",
            "claude-3-5-sonnet-20240620",
        ),
        // The newest of a family.
        ("claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
        ("claude-sonnet-4", "claude-sonnet-4-20250514"),
        ("claude-opus-4", "claude-opus-4-20250514"),
        ("claude-3-5-sonnet", "claude-3-5-sonnet-20241022"),
        ("claude-3-5-sonnet-latest", "claude-3-5-sonnet-20241022"),
        ("anthropic/claude-3.5-sonnet", "claude-3-5-sonnet-20241022"),
        ("anthropic/claude-sonnet-4.5:thinking", "claude-sonnet-4-5-20250929"),
        ("us.anthropic.claude-sonnet-4-5-v1:0", "claude-sonnet-4-5-20250929"),
        ("Claude Haiku 4.5", "claude-haiku-4-5-20251001"),
    ] {
        assert_eq!(found(model).as_deref(), Some(name), "{model}");
    }
}

#[test]
fn names_of_other_models_find_nothing() {
    for model in [
        "",
        " ",
        "-",
        "/",
        "claude",
        "gpt",
        "openai",
        "openai/",
        "claude-",
        "claude-sonnet",
        "claude-sonnet-4-",
        "claude-sonnet-4-5-2025",
        "mistral",
        "mistral-large",
        "llama-3.1-70b",
        // The name of one inside of a word.
        "foo1",
        "proto1",
        "o10",
        "o1x",
        "chatgpt-4o-latest",
        "xo1-mini",
        // Other versions than those that are known.
        "gpt-4.5-preview",
        "gpt-4-5",
        "gpt-4-5-preview",
        "gpt-5.9",
        "gpt-5-9-mini",
        "grok-4.20",
        "claude-opus-4-1",
        "claude-opus-4-1-20250805",
        "claude-3-7-sonnet-20250219",
        "claude-opus-4-5-1",
        "gemini-3.1-pro",
        "deepseek-v3",
        // Another date than those that are known.
        "claude-sonnet-4-5-20990101",
        "claude-3-5-haiku@20990101",
    ] {
        assert_eq!(found(model), None, "{model}");
    }
}

#[test]
fn long_names_take_no_time() {
    for piece in ["-", "/", "gpt-4o/", "claude-", ":", "o1"] {
        assert_eq!(found(&piece.repeat(50_000)), None, "{piece}");
    }
    assert_eq!(found(&format!("{}gpt-4o", "x/".repeat(300))).as_deref(), Some("gpt-4o"));
    let long = "x/".repeat(2000);
    let prices = Prices::empty().with(&long, Price::per_million(1.0, 1.0)).expect("a price");
    assert_eq!(prices.lookup(&long).expect("known").name, long);
}

#[test]
fn the_newest_is_the_newest_by_its_date() {
    let mut prices = Prices::empty();
    for model in ["m-0101", "m-20240101", "m-2025-01-31", "m-02-2025", "m-2501", "m-x-20990101"] {
        prices.insert(model, Price::per_million(1.0, 1.0)).expect("a price");
    }
    let newest = |prices: &Prices| prices.lookup("m").map(|found| found.name);
    assert_eq!(newest(&prices).as_deref(), Some("m-02-2025"));
    prices.insert("M@20250201", Price::per_million(1.0, 1.0)).expect("a price");
    assert_eq!(newest(&prices).as_deref(), Some("M@20250201"));
}

#[test]
fn entries_of_ones_own_come_first() {
    let builtin = Prices::builtin();
    let own = builtin
        .clone()
        .with("Team Model", Price::per_million(1.0, 5.0))
        .and_then(|prices| prices.with("GPT-4o", Price::per_million(7.0, 7.0)))
        .and_then(|prices| prices.with("free", Price::per_million(0.0, 0.0)))
        .expect("prices");
    assert_eq!(own.lookup("team-model-v2").expect("known").name, "Team Model");
    assert_eq!(own.lookup("openai/gpt-4o").expect("known").price.input, 7.0);
    assert_eq!(own.lookup("gpt-4o-mini").expect("known").price.input, 0.15);
    // What is free is known.
    assert_eq!(own.estimate("free", 5, 5, 5), Some(0.0));
    assert_eq!(builtin.estimate("free", 5, 5, 5), None);
    // The table that it was made of has not changed.
    assert_eq!(builtin, Prices::builtin());
    assert_eq!(Prices::empty().lookup("gpt-4o"), None);
}

#[test]
fn entries_of_the_process_are_seen_by_all() {
    let before = Prices::of_process();
    add("process-wide-model", Price::per_million(2.0, 4.0)).expect("a price");
    assert_eq!(estimate_cost("process-wide-model", 1_000_000, 1_000_000, 0), Some(6.0));
    assert_eq!(lookup("acme/process-wide-model").expect("known").name, "process-wide-model");
    assert!(Prices::of_process().lookup("process-wide-model").is_some());
    assert_eq!(before.lookup("process-wide-model"), None);
    assert_eq!(found("process-wide-model"), None);
}

#[test]
fn impossible_entries_are_refused() {
    for value in [f64::NAN, -0.01, f64::INFINITY, f64::NEG_INFINITY, 1_000_000.5] {
        for (price, field) in
            [(Price::per_million(value, 1.0), "input"), (Price::per_million(1.0, value), "output")]
        {
            let error = Prices::empty().with("m", price).expect_err("no price");
            let text = format!(
                "the {field} price of \"m\" is {value}, but a number from 0 to 1000000 is needed, \
                 in USD per million tokens"
            );
            assert_eq!(error.to_string(), text);
            assert!(add("never-added", price).is_err());
        }
    }
    assert_eq!(lookup("never-added"), None);
    for model in ["", " ", "-", "./:"] {
        let error = Prices::empty().with(model, Price::per_million(1.0, 1.0));
        assert_eq!(error, Err(PriceError::Name { model: model.to_owned() }));
    }
    assert!(Prices::empty().with("m", Price::per_million(0.0, Price::MAX)).is_ok());
}

#[test]
fn costs_are_rounded_to_six_decimals() {
    for (price, tokens, cost) in [
        ((3.0, 15.0), (4200, 1800, 1500), 0.03555),
        ((0.15, 0.6), (1, 0, 0), 0.0),
        ((0.15, 0.6), (4, 0, 0), 0.000_001),
        // The sum is a little more than 12.5 millionths.
        ((2.5, 10.0), (1, 1, 0), 0.000_013),
        ((0.05, 0.4), (10, 0, 0), 0.0),
        // A half goes to the even digit. 7812.5 millionths have an exact form in binary.
        ((7812.5, 0.0), (1, 0, 0), 0.007_812),
        ((23437.5, 0.0), (1, 0, 0), 0.023_438),
        // No cost is negative, not even nothing.
        ((3.0, 15.0), (100, 0, 1_000_000), 0.0),
        ((0.0, 0.0), (u64::MAX, u64::MAX, u64::MAX), 0.0),
        ((1_000_000.0, 0.0), (u64::MAX, 0, 0), 18_446_744_073_709_551_616.0),
    ] {
        let (input, output, cache) = tokens;
        let found = Price::per_million(price.0, price.1).cost(input, output, cache);
        assert_eq!(found, cost, "{price:?} {tokens:?}");
        assert!(found.is_sign_positive());
    }
}

#[test]
fn every_known_name_finds_itself() {
    let prefixes = ["", "acme/", "a/b/", "us.acme.", "azure:", " "];
    let suffixes = [
        "",
        "-20990131",
        "@20990131",
        "-2099-01-31",
        "-01-2099",
        "-0131",
        "-v1:0",
        ":free",
        "-preview",
        " ",
    ];
    let prices = Prices::builtin();
    for (known, price) in prices.iter() {
        for (prefix, suffix) in prefixes.iter().flat_map(|p| suffixes.iter().map(move |s| (p, s))) {
            let model = format!("{prefix}{known}{suffix}");
            for model in [model.to_uppercase(), model] {
                let found = prices.lookup(&model);
                assert_eq!(found.as_ref().map(|found| found.name.as_str()), Some(known), "{model}");
                assert_eq!(found.map(|found| found.price), Some(price), "{model}");
            }
        }
    }
}

proptest! {
    #[test]
    fn a_word_around_a_known_name_hides_it(
        known in prop::sample::select(
            Prices::builtin().iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
        ),
        word in "[a-z]{1,5}",
    ) {
        for model in [format!("{word}{known}"), format!("{known}{word}")] {
            prop_assert_ne!(found(&model), Some(known.clone()), "{}", model);
        }
    }

    #[test]
    fn any_name_and_any_number_have_an_answer(
        model in prop_oneof![any::<String>(), "[a-z0-9./:@ _-]{0,40}"],
        input in any::<u64>(), output in any::<u64>(), cache in any::<u64>(),
    ) {
        let cost = estimate_cost(&model, input, output, cache);
        prop_assert!(cost.is_none_or(|cost| cost.is_finite() && cost >= 0.0));
        let cost = estimate_cost("gpt-4o", input, output, cache).expect("it is known");
        prop_assert!(cost.is_finite() && cost.is_sign_positive());
        // Small amounts have six decimals at most.
        let small = estimate_cost("gpt-4o", input % 100_000, output % 100_000, cache % 1000);
        let text = format!("{}", small.expect("it is known"));
        prop_assert!(text.split_once('.').is_none_or(|(_, decimals)| decimals.len() <= 6));
    }
}
