package io.tapstack.packetdrill.script;

import io.tapstack.packetdrill.script.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses {@code <mss 1460,nop,wscale 7>}. */
final class OptionParser {

    /** The first words of options. */
    static final Set<String> NAMES =
            Set.of("nop", "eol", "mss", "wscale", "sackOK", "sack", "TS", "FO", "FOEXP", "md5", "ECN", "raw");

    private static final long MAX_UINT24 = 0xFF_FFFF;

    private final Tokens tokens;

    OptionParser(final Tokens tokens) {
        this.tokens = tokens;
    }

    List<TcpOption> options() throws ScriptException {
        final int line = tokens.line();
        tokens.expect("<");
        final List<TcpOption> options = new ArrayList<>();
        do {
            options.add(option());
        } while (tokens.take(","));
        tokens.expect(">");
        final int length = new TcpOptionCodec().encode(options, 0).length;
        if (length % 4 != 0) {
            throw new ScriptException(
                    line, "TCP options are not padded to a multiple of 4 bytes: " + length % 4 + " excess bytes");
        }
        if (length > 40) {
            throw new ScriptException(line, "TCP option list too long");
        }
        return List.copyOf(options);
    }

    private TcpOption option() throws ScriptException {
        final Token name = tokens.expect(Kind.WORD, "a TCP option");
        return switch (name.text()) {
            case "nop" -> new TcpOption.NoOperation();
            case "eol" -> new TcpOption.EndOfList();
            case "mss" -> new TcpOption.MaximumSegmentSize((int) tokens.integer("mss", 0, PacketParser.MAX_UINT16));
            case "wscale" -> new TcpOption.WindowScale((int) tokens.integer("wscale", 0, 255));
            case "sackOK" -> new TcpOption.SackPermitted();
            case "sack" -> sack();
            case "TS" -> timestamp();
            case "FO" -> new TcpOption.FastOpen(false, hex(true));
            case "FOEXP" -> new TcpOption.FastOpen(true, hex(true));
            case "md5" -> new TcpOption.Md5(hex(false));
            case "ECN" -> accurateEcn(name.line());
            case "raw" -> new TcpOption.Raw(hex(false));
            default -> throw ScriptException.unsupported(name.line(), "TCP option " + name.text());
        };
    }

    private TcpOption sack() throws ScriptException {
        final List<TcpOption.Block> blocks = new ArrayList<>();
        do {
            final int left = (int) tokens.integer("SACK left edge", 0, PacketParser.MAX_UINT32);
            tokens.expect(":");
            blocks.add(new TcpOption.Block(left, (int) tokens.integer("SACK right edge", 0, PacketParser.MAX_UINT32)));
        } while (tokens.isNext(Kind.INTEGER));
        return new TcpOption.Sack(List.copyOf(blocks));
    }

    private TcpOption timestamp() throws ScriptException {
        tokens.expect("val");
        final int value = (int) tokens.integer("ts val", 0, PacketParser.MAX_UINT32);
        tokens.expect("ecr");
        return new TcpOption.Timestamp(value, (int) tokens.integer("ecr val", 0, PacketParser.MAX_UINT32));
    }

    /**
     * {@code ECN e0b 1 ceb 0 e1b 1}: fields from either end, in this order or the other one; {@code ECN} alone, or with
     * an order, for an empty one.
     */
    private TcpOption accurateEcn(final int line) throws ScriptException {
        final List<TcpOption.EchoField> fields = new ArrayList<>();
        for (Token name = tokens.peek(); TcpOption.AccurateEcn.ORDER_0.contains(name.text()); name = tokens.peek()) {
            tokens.next();
            fields.add(new TcpOption.EchoField(name.text(), (int) tokens.integer(name.text(), 0, MAX_UINT24)));
        }
        final TcpOption.AccurateEcn option = new TcpOption.AccurateEcn(List.copyOf(fields));
        if (!option.isInOrder()) {
            throw new ScriptException(
                    line, "the fields of ECN come as e0b ceb e1b, or as e1b ceb e0b, the last ones left out");
        }
        return option;
    }

    private String hex(final boolean optional) throws ScriptException {
        final Token token = tokens.peek();
        if (!token.is(Kind.WORD) && !token.is(Kind.INTEGER)) {
            if (optional) {
                return "";
            }
            throw tokens.error("hexadecimal digits");
        }
        tokens.next();
        if (!token.text().matches("([0-9a-fA-F]{2})+")) {
            throw new ScriptException(token.line(), "not an even number of hexadecimal digits: " + token.text());
        }
        return token.text().toLowerCase(java.util.Locale.ROOT);
    }
}
