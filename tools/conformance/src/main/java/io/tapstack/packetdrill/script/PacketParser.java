package io.tapstack.packetdrill.script;

import io.tapstack.packetdrill.script.PacketSpec.Echoed;
import io.tapstack.packetdrill.script.PacketSpec.IpSpec;
import io.tapstack.packetdrill.script.PacketSpec.IpSpec.Field;
import io.tapstack.packetdrill.script.PacketSpec.Ports;
import io.tapstack.packetdrill.script.Token.Kind;
import io.tapstack.wire.TcpHeader;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses a packet behind {@code <} or {@code >}. */
final class PacketParser {

    static final long MAX_UINT32 = 0xFFFF_FFFFL;
    static final long MAX_UINT16 = 0xFFFF;
    private static final long MAX_UINT8 = 0xFF;
    private static final long MAX_FLOW_LABEL = 0xF_FFFF;

    private static final int ACE_SHIFT = 6; // ECE is its lowest bit
    private static final String FLAG_LETTERS = "FSRP.UEWA";
    private static final Set<String> ENCAPSULATIONS = Set.of("ipv4", "ipv6", "gre", "GREv0", "mpls");

    private final Tokens tokens;
    private final AddressMode mode;

    /** @param mode the IP version of the packets */
    PacketParser(final Tokens tokens, final AddressMode mode) {
        this.tokens = tokens;
        this.mode = mode;
    }

    PacketSpec packet() throws ScriptException {
        final boolean inbound = tokens.next().is("<");
        final Token first = tokens.peek();
        if (first.is(Kind.WORD) && ENCAPSULATIONS.contains(first.text())) {
            throw ScriptException.unsupported(first.line(), "a packet inside of another (" + first.text() + ")");
        }
        final IpSpec ip = ip(inbound);
        if (tokens.take("udp")) {
            return udp(inbound, ip);
        }
        if (tokens.take("icmp")) {
            return icmp(inbound, ip);
        }
        return tcp(inbound, ip);
    }

    // ---- IP

    private IpSpec ip(final boolean inbound) throws ScriptException {
        final String close;
        if (tokens.take("[")) {
            close = "]";
        } else if (tokens.take("(")) {
            close = ")";
        } else {
            return IpSpec.ANY;
        }
        IpSpec ip = IpSpec.ANY;
        do {
            ip = ipField(ip, inbound);
        } while (tokens.take(","));
        tokens.expect(close);
        return ip;
    }

    private IpSpec ipField(final IpSpec so, final boolean inbound) throws ScriptException {
        final Token word = tokens.next();
        return switch (word.text()) {
            case "noecn" -> so.withTrafficClass(Field.ECN, 0);
            case "ect1" -> so.withTrafficClass(Field.ECN, 1);
            case "ect0" -> so.withTrafficClass(Field.ECN, 2);
            case "ce" -> so.withTrafficClass(Field.ECN, 3);
            case "ect01" -> {
                if (inbound) {
                    throw new ScriptException(word.line(), "[ect01] is for packets from the stack only");
                }
                yield so.withTrafficClass(Field.ECT_ANY, 0);
            }
            case "tos" -> so.withTrafficClass(Field.ALL, (int) tokens.integer("tos", 0, MAX_UINT8));
            case "ttl" -> so.withTimeToLive((int) tokens.integer("ttl", 1, MAX_UINT8));
            case "flowlabel" -> {
                if (!mode.hasIpv6Packets()) {
                    throw new ScriptException(word.line(), "flowlabel is for packets of IPv6 only");
                }
                yield so.withFlowLabel((int) tokens.integer("flowlabel", 0, MAX_FLOW_LABEL));
            }
            default ->
                throw new ScriptException(
                        word.line(), "syntax error at " + word + ": expected ecn, tos, flowlabel or ttl");
        };
    }

    private @Nullable Ports ports() throws ScriptException {
        if (!tokens.isNext(Kind.INTEGER) || !tokens.peek(1).is(">")) {
            return null;
        }
        final int source = (int) tokens.integer("source port", 0, MAX_UINT16);
        tokens.expect(">");
        return new Ports(source, (int) tokens.integer("destination port", 0, MAX_UINT16));
    }

    // ---- UDP and ICMP

    private PacketSpec udp(final boolean inbound, final IpSpec ip) throws ScriptException {
        final Ports ports = ports();
        final boolean checksum = !(inbound && tokens.take("nochecksum"));
        return new PacketSpec.Udp(inbound, ip, ports, checksum, length("UDP payload size"));
    }

    private int length(final String what) throws ScriptException {
        tokens.expect("(");
        final int length = (int) tokens.integer(what, 0, MAX_UINT16);
        tokens.expect(")");
        return length;
    }

    private PacketSpec icmp(final boolean inbound, final IpSpec ip) throws ScriptException {
        final Token typeName = tokens.expect(Kind.WORD, "an ICMP type");
        final IcmpNames names = mode.icmpNames();
        final int type = names.type(typeName.text());
        if (type < 0) {
            throw new ScriptException(typeName.line(), "bad ICMP type " + typeName.text());
        }
        int code = 0;
        if (tokens.isNext(Kind.WORD) && !tokens.isNext("mtu") && !tokens.isNext("id")) {
            final Token codeName = tokens.next();
            code = names.code(type, codeName.text());
            if (code < 0) {
                throw new ScriptException(codeName.line(), "bad ICMP code " + codeName.text());
            }
        }
        final long mtu = tokens.take("mtu")
                ? tokens.integer("ICMP mtu", 0, mode.hasIpv6Packets() ? MAX_UINT32 : MAX_UINT16)
                : -1;
        final int id = tokens.take("id") ? (int) tokens.integer("ICMP id", 0, MAX_UINT16) : 0;
        return new PacketSpec.Icmp(inbound, ip, names, type, code, mtu, id, echoed());
    }

    private Echoed echoed() throws ScriptException {
        if (!tokens.take("[")) {
            return new Echoed(Echoed.Kind.TCP, 0, 0);
        }
        final Echoed echoed;
        if (tokens.take("udp")) {
            echoed = new Echoed(Echoed.Kind.UDP, 0, length("UDP payload size"));
        } else if (tokens.take("raw")) {
            echoed = new Echoed(Echoed.Kind.RAW, 0, length("payload size"));
        } else {
            final long[] range = sequence();
            echoed = new Echoed(Echoed.Kind.TCP, (int) range[0], (int) range[1]);
        }
        tokens.expect("]");
        return echoed;
    }

    // ---- TCP

    private PacketSpec tcp(final boolean inbound, final IpSpec ip) throws ScriptException {
        final int line = tokens.line();
        final Ports ports = ports();
        final int flags = flags();
        final long[] range = sequence();
        final int ack = tokens.take("ack") ? (int) tokens.integer("TCP ack sequence number", 0, MAX_UINT32) : 0;
        final int window = tokens.take("win") ? (int) tokens.integer("TCP window value", 0, MAX_UINT16) : -1;
        final int urgent = tokens.take("urg") ? (int) tokens.integer("urg_ptr value", 0, MAX_UINT16) : 0;
        List<TcpOption> options = List.of();
        if (tokens.isNext("<") && tokens.peek(1).is(Kind.ELLIPSIS)) {
            tokens.next();
            tokens.next();
            tokens.expect(">");
            if (inbound) {
                throw new ScriptException(line, "<...> for TCP options is for packets from the stack only");
            }
            options = null;
        } else if (tokens.isNext("<") && isOption(tokens.peek(1))) {
            options = new OptionParser(tokens).options();
        }
        if (tokens.isNext("{")) {
            throw ScriptException.unsupported(tokens.line(), "{...}: changes to a packet");
        }
        if (inbound && window < 0 && (flags & TcpHeader.RST) == 0) {
            throw new ScriptException(line, "win is needed in a packet to the stack");
        }
        return new PacketSpec.Tcp(
                inbound,
                ip,
                ports,
                flags,
                (int) range[0],
                (int) range[1],
                ack,
                Math.max(inbound ? 0 : -1, window),
                urgent,
                options);
    }

    private static boolean isOption(final Token token) {
        return token.is(Kind.WORD) && OptionParser.NAMES.contains(token.text());
    }

    /**
     * {@code SEW}, {@code F.}, {@code -}; and {@code P.5}, where the number is the value of AE, CWR and ECE together
     * (RFC 9768 3.1.1).
     */
    private int flags() throws ScriptException {
        final Token token = tokens.next();
        if (token.is("-")) {
            return 0;
        }
        String letters = token.text();
        if (token.is(Kind.WORD)) {
            letters += tokens.take(".")
                    ? "."
                    : tokens.isNext(Kind.FLOAT) ? tokens.next().text() : "";
        }
        int flags = 0;
        for (final char letter : letters.toCharArray()) {
            final int bit = FLAG_LETTERS.indexOf(letter);
            if (letter >= '0' && letter <= '7') {
                flags |= letter - '0' << ACE_SHIFT;
            } else if (bit >= 0 && (token.is(Kind.WORD) || token.is(".") || token.is(Kind.FLOAT))) {
                flags |= 1 << bit;
            } else {
                throw new ScriptException(token.line(), "syntax error at " + token + ": expected TCP flags");
            }
        }
        return flags;
    }

    /** {@code start:end(length)}: start and length. */
    private long[] sequence() throws ScriptException {
        final int line = tokens.line();
        final long start = tokens.integer("TCP start sequence number", 0, MAX_UINT32);
        tokens.expect(":");
        final long end = tokens.integer("TCP end sequence number", 0, MAX_UINT32);
        final long length = length("TCP payload size");
        if ((start + length & MAX_UINT32) != end) {
            throw new ScriptException(line, "inconsistent TCP sequence numbers and payload size");
        }
        return new long[] {start, length};
    }
}
