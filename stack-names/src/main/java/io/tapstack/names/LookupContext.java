package io.tapstack.names;

import java.util.random.RandomGenerator;

/**
 * What all parts of a look-up use.
 *
 * @param firstServer the index of the server that is asked first
 * @param random unpredictable, for identifiers
 */
record LookupContext(
        ResolverConfig config,
        int firstServer,
        Exchanges exchanges,
        NameCache cache,
        RandomGenerator random,
        ResolverCounters counters) {}
