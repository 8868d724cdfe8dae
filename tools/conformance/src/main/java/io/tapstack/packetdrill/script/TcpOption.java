package io.tapstack.packetdrill.script;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** A TCP option as a script writes it; {@code toString} is that notation. */
public sealed interface TcpOption {

    /** {@code nop}. */
    record NoOperation() implements TcpOption {
        @Override
        public String toString() {
            return "nop";
        }
    }

    /** {@code eol}. */
    record EndOfList() implements TcpOption {
        @Override
        public String toString() {
            return "eol";
        }
    }

    /** {@code mss 1460}. */
    record MaximumSegmentSize(int bytes) implements TcpOption {
        @Override
        public String toString() {
            return "mss " + bytes;
        }
    }

    /** {@code wscale 7}. */
    record WindowScale(int shift) implements TcpOption {
        @Override
        public String toString() {
            return "wscale " + shift;
        }
    }

    /** {@code sackOK}. */
    record SackPermitted() implements TcpOption {
        @Override
        public String toString() {
            return "sackOK";
        }
    }

    /** {@code sack 1001:2001 3001:4001}, relative to the stream that is acknowledged. */
    record Sack(List<Block> blocks) implements TcpOption {
        @Override
        public String toString() {
            return blocks.stream().map(Block::toString).collect(Collectors.joining(" ", "sack ", ""));
        }
    }

    /** Bytes from {@code left} to before {@code right}. */
    record Block(int left, int right) {
        @Override
        public String toString() {
            return Integer.toUnsignedString(left) + ":" + Integer.toUnsignedString(right);
        }
    }

    /** {@code TS val 100 ecr 0}. */
    record Timestamp(int value, int echo) implements TcpOption {
        @Override
        public String toString() {
            return "TS val " + Integer.toUnsignedString(value) + " ecr " + Integer.toUnsignedString(echo);
        }
    }

    /**
     * {@code FO cookie}, or with the experimental kind {@code FOEXP cookie}.
     *
     * @param cookie hexadecimal, or empty for a request
     */
    record FastOpen(boolean experimental, String cookie) implements TcpOption {
        @Override
        public String toString() {
            return ((experimental ? "FOEXP " : "FO ") + cookie).strip();
        }
    }

    /** {@code md5 digest}, hexadecimal. */
    record Md5(String digest) implements TcpOption {
        @Override
        public String toString() {
            return "md5 " + digest;
        }
    }

    /**
     * {@code ECN e0b 1 ceb 0 e1b 1} for AccECN0, {@code ECN e1b 1 ceb 0 e0b 1} for AccECN1 (RFC 9768 3.2.3); the last
     * fields may be left out. An empty one is AccECN1, as in the published language.
     */
    record AccurateEcn(List<EchoField> fields) implements TcpOption {

        static final List<String> ORDER_0 = List.of("e0b", "ceb", "e1b");
        static final List<String> ORDER_1 = List.of("e1b", "ceb", "e0b");

        boolean isOrder0() {
            return !fields.isEmpty() && fields.get(0).name().equals("e0b");
        }

        boolean isInOrder() {
            final List<String> names = fields.stream().map(EchoField::name).toList();
            final List<String> order = isOrder0() ? ORDER_0 : ORDER_1;
            return names.size() <= order.size() && names.equals(order.subList(0, names.size()));
        }

        @Override
        public String toString() {
            return fields.stream().map(EchoField::toString).collect(Collectors.joining("", "ECN", ""));
        }
    }

    /** One counter of 24 bits, by its name. */
    record EchoField(String name, int value) {
        @Override
        public String toString() {
            return " " + name + " " + value;
        }
    }

    /** {@code raw 1e04abcd}: these bytes, kind and length first. Not in the published language. */
    record Raw(String bytes) implements TcpOption {
        @Override
        public String toString() {
            return "raw " + bytes;
        }

        byte[] toBytes() {
            return HexFormat.of().parseHex(bytes);
        }
    }
}
