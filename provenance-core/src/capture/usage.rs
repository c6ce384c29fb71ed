//! Arithmetic on [`Usage`], field by field. Absent is not zero: it was not observed.

use crate::record::Usage;

/// Returns both together.
pub(super) fn plus(a: Usage, b: Usage) -> Usage {
    zip(a, b, u64::saturating_add)
}

/// Returns the larger of both.
pub(super) fn max(a: Usage, b: Usage) -> Usage {
    zip(a, b, Ord::max)
}

/// Returns what `a` has over `b`; nothing below zero.
pub(super) fn minus(a: Usage, b: Usage) -> Usage {
    let less = |a: Option<u64>, b: Option<u64>| a.map(|a| a.saturating_sub(b.unwrap_or(0)));
    Usage {
        input_tokens: less(a.input_tokens, b.input_tokens),
        output_tokens: less(a.output_tokens, b.output_tokens),
        cache_read_tokens: less(a.cache_read_tokens, b.cache_read_tokens),
        cost_micro_usd: less(a.cost_micro_usd, b.cost_micro_usd),
    }
}

fn zip(a: Usage, b: Usage, join: impl Fn(u64, u64) -> u64) -> Usage {
    let both = |a: Option<u64>, b: Option<u64>| match (a, b) {
        (Some(a), Some(b)) => Some(join(a, b)),
        (one, other) => one.or(other),
    };
    Usage {
        input_tokens: both(a.input_tokens, b.input_tokens),
        output_tokens: both(a.output_tokens, b.output_tokens),
        cache_read_tokens: both(a.cache_read_tokens, b.cache_read_tokens),
        cost_micro_usd: both(a.cost_micro_usd, b.cost_micro_usd),
    }
}
