package io.tapstack.names;

import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Writes queries and reads answers. No other class uses dnsjava, whose types are in no signature. */
final class DnsCodec {

    static final int A = Type.A;
    static final int AAAA = Type.AAAA;
    static final int CNAME = Type.CNAME;

    /** The UDP payload size that a query offers (RFC 6891 6.2.3): fits every path of IPv6 without fragments. */
    static final int EDNS_PAYLOAD_BYTES = 1_232;

    /** Records of an answer that are looked at; the rest of a longer answer is ignored. */
    static final int MAX_RECORDS = 256;

    /** RFC 2181 8: a TTL with the sign bit set is zero. */
    private static final long MAX_TTL = 0x7FFF_FFFFL;

    private DnsCodec() {}

    /** The number of a type by its name, such as MX, in any case; or -1. */
    static int type(final String name) {
        return Type.value(name.toUpperCase(Locale.ROOT));
    }

    static String typeName(final int type) {
        return Type.string(type);
    }

    /** The name of a response code, such as SERVFAIL. */
    static String codeName(final int code) {
        return Rcode.string(code);
    }

    /** A query for recursion, with an OPT record if {@code edns}. */
    static byte[] query(final int id, final Question question, final boolean edns) {
        try {
            final Name name = Name.fromString(question.name(), Name.root);
            final Message message = Message.newQuery(Record.newRecord(name, question.type(), DClass.IN));
            message.getHeader().setID(id);
            if (edns) {
                message.addRecord(new OPTRecord(EDNS_PAYLOAD_BYTES, 0, 0), Section.ADDITIONAL);
            }
            return message.toWire();
        } catch (final TextParseException e) {
            throw new IllegalArgumentException("not a name: " + question.name(), e);
        }
    }

    /** Reads a message of a server; null if it is not one. */
    static @Nullable DnsAnswer read(final byte[] bytes) {
        try {
            return read(new Message(bytes));
        } catch (final IOException | RuntimeException e) {
            // Parsers of some record types throw what they were not asked to throw; the message is as bad.
            return null;
        }
    }

    private static DnsAnswer read(final Message message) {
        final Header header = message.getHeader();
        final List<DnsRecord> records = new ArrayList<>();
        for (final Record record : message.getSection(Section.ANSWER)) {
            if (records.size() < MAX_RECORDS && record.getDClass() == DClass.IN) {
                records.add(record(record));
            }
        }
        return new DnsAnswer(
                header.getID(),
                header.getFlag(Flags.QR),
                header.getOpcode(),
                header.getFlag(Flags.TC),
                header.getFlag(Flags.AA),
                header.getFlag(Flags.RA),
                message.getRcode(),
                question(message),
                List.copyOf(records),
                header.getCount(Section.AUTHORITY) + header.getCount(Section.ADDITIONAL) > 0,
                negativeTtl(message));
    }

    private static @Nullable Question question(final Message message) {
        final List<Record> questions = message.getSection(Section.QUESTION);
        if (questions.size() != 1 || questions.get(0).getDClass() != DClass.IN) {
            return null;
        }
        return new Question(text(questions.get(0).getName()), questions.get(0).getType());
    }

    private static long negativeTtl(final Message message) {
        for (final Record record : message.getSection(Section.AUTHORITY)) {
            if (record instanceof SOARecord soa) {
                return Math.min(ttl(soa.getTTL()), ttl(soa.getMinimum()));
            }
        }
        return -1;
    }

    private static DnsRecord record(final Record record) {
        Optional<IpAddress> address = Optional.empty();
        if (record instanceof ARecord a) {
            address = Optional.of(IpAddress.of(a.getAddress().getAddress()));
        } else if (record instanceof AAAARecord) {
            // An IPv4-mapped address is no address on the wire, and would be taken for one of IPv4.
            address = Optional.of(IpAddress.of(record.rdataToWireCanonical())).filter(each -> !each.isIpv4());
        }
        final String data = record instanceof CNAMERecord alias ? text(alias.getTarget()) : record.rdataToString();
        return new DnsRecord(
                text(record.getName()), Type.string(record.getType()), ttl(record.getTTL()), data, address);
    }

    private static long ttl(final long seconds) {
        return seconds < 0 || seconds > MAX_TTL ? 0 : seconds;
    }

    private static String text(final Name name) {
        return name.toString(true).toLowerCase(Locale.ROOT);
    }

    /** True for the opcode of a query (RFC 1035 4.1.1). */
    static boolean isQuery(final int opcode) {
        return opcode == Opcode.QUERY;
    }
}
