package io.tapstack.names;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The records of a DNS server in tests, and its answers, made by dnsjava. */
final class Zone {

    private static final int MAX_ALIASES = 20;

    private final List<Record> records = new ArrayList<>();
    private boolean followsAliases = true;

    /** Adds a record, such as {@code "www.example.com. 300 A 192.0.2.1"}. */
    Zone with(final String line) {
        final String[] parts = line.split(" ", 4);
        records.add(record(parts[0], Type.value(parts[2]), Long.parseLong(parts[1]), parts[3]));
        return this;
    }

    /** A server that says of an alias only that it is one. */
    Zone withoutFollowingAliases() {
        followsAliases = false;
        return this;
    }

    static Record record(final String name, final int type, final long ttl, final String data) {
        try {
            return Record.fromString(Name.fromString(name), type, DClass.IN, ttl, data, Name.root);
        } catch (final IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static Message parse(final byte[] query) {
        try {
            return new Message(query);
        } catch (final IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** An answer without records: the header and the question of the query. */
    static Message reply(final byte[] query, final int code) {
        final Message asked = parse(query);
        final Message reply = new Message(asked.getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setFlag(Flags.RD);
        reply.getHeader().setFlag(Flags.RA);
        reply.getHeader().setRcode(code);
        reply.addRecord(asked.getQuestion(), Section.QUESTION);
        return reply;
    }

    /** The answer to a query: records, aliases, NXDOMAIN, and the SOA record if there is one. */
    Message answer(final byte[] query) {
        final Message reply = reply(query, Rcode.NOERROR);
        final Record question = reply.getQuestion();
        Name name = question.getName();
        boolean found = false;
        for (int i = 0; i < MAX_ALIASES; i++) {
            Name alias = null;
            boolean exists = false;
            for (final Record record : records) {
                if (record.getName().equals(name)) {
                    exists = true;
                    if (record.getType() == question.getType()) {
                        reply.addRecord(record, Section.ANSWER);
                        found = true;
                    } else if (record instanceof org.xbill.DNS.CNAMERecord cname) {
                        reply.addRecord(record, Section.ANSWER);
                        alias = cname.getTarget();
                    }
                }
            }
            if (!exists && (i == 0 || followsAliases)) {
                reply.getHeader().setRcode(Rcode.NXDOMAIN);
            }
            if (alias == null || !followsAliases) {
                found |= alias != null;
                break;
            }
            name = alias;
        }
        if (!found) {
            for (final Record record : records) {
                if (record.getType() == Type.SOA) {
                    reply.addRecord(record, Section.AUTHORITY);
                }
            }
        }
        return reply;
    }
}
