package io.tapstack.names;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The records of a question in an answer, behind the aliases (CNAME records, RFC 1034 3.6.2) that lead to them.
 *
 * @param name the last name of the chain, that of the question without aliases
 * @param records of the type that was asked for, at that name; may be empty
 * @param ttlSeconds the least of the chain
 */
record AliasChain(String name, List<DnsRecord> records, long ttlSeconds) {

    /** More aliases are a mistake, or an attack. */
    static final int MAX_ALIASES = 16;

    /** Follows the aliases; empty if they form a circle, or are too many. */
    static Optional<AliasChain> follow(final Question question, final List<DnsRecord> answer) {
        final String type = DnsCodec.typeName(question.type());
        final Set<String> seen = new HashSet<>();
        String name = question.name();
        long ttlSeconds = Long.MAX_VALUE;
        while (seen.add(name) && seen.size() <= MAX_ALIASES + 1) {
            final List<DnsRecord> records = at(name, type, answer);
            if (!records.isEmpty()) {
                for (final DnsRecord record : records) {
                    ttlSeconds = Math.min(ttlSeconds, record.ttlSeconds());
                }
                return Optional.of(new AliasChain(name, records, ttlSeconds));
            }
            final List<DnsRecord> aliases = at(name, DnsCodec.typeName(DnsCodec.CNAME), answer);
            if (aliases.isEmpty()) {
                return Optional.of(new AliasChain(name, List.of(), ttlSeconds));
            }
            name = aliases.get(0).data();
            ttlSeconds = Math.min(ttlSeconds, aliases.get(0).ttlSeconds());
        }
        return Optional.empty();
    }

    private static List<DnsRecord> at(final String name, final String type, final List<DnsRecord> answer) {
        final List<DnsRecord> found = new ArrayList<>();
        for (final DnsRecord record : answer) {
            if (record.name().equals(name) && record.type().equals(type)) {
                found.add(record);
            }
        }
        return List.copyOf(found);
    }
}
