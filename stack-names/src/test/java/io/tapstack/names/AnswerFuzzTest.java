package io.tapstack.names;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.names.SentQueries.Sent;
import io.tapstack.testing.Decisions;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * Answers of servers that are broken, hostile or far away: messages that are built of parts and then damaged, lost,
 * repeated and late. A look-up ends in bounded time with a bounded number of queries, and takes nothing from a message
 * that does not fit its query.
 */
class AnswerFuzzTest {

    private static final String[] NAMES = {
        "www.example.com.", "a.example.com.", "b.example.com.", "www.lab.example.com.", "com.", "."
    };
    private static final int[] TYPES = {
        Type.A, Type.AAAA, Type.CNAME, Type.SOA, Type.MX, Type.TXT, Type.DNAME, Type.OPT, Type.NSEC, Type.SVCB, 65_280
    };
    private static final int[] CODES = {
        Rcode.NOERROR, Rcode.NXDOMAIN, Rcode.SERVFAIL, Rcode.FORMERR, Rcode.NOTIMP, Rcode.REFUSED, 15
    };
    private static final int HEADER_BYTES = 12;
    private static final int CACHE_SIZE = 8;
    private static final int SERVERS = 2;
    private static final int ATTEMPTS = 2;
    private static final int CANDIDATES = 3;

    /** Over UDP, over TCP, and without EDNS: for each type, candidate and alias. */
    private static final int MOST_QUERIES = SERVERS * ATTEMPTS * 3 * 2 * CANDIDATES * (AliasChain.MAX_ALIASES + 1);

    @FuzzTest
    void endsWhateverServersAnswer(final byte[] input) throws IOException {
        new Run(new Decisions(input)).play();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void atRandom(final long seed) throws IOException {
        new Run(Decisions.atRandom(seed, 4_000)).play();
    }

    /** The look-ups of one resolver. */
    private static final class Run {

        private final Decisions decisions;
        private final SentQueries sent = new SentQueries();
        private final NameCache cache = new NameCache(CACHE_SIZE);
        private final ResolverCounters counters = new ResolverCounters();
        private final SplittableRandom random = new SplittableRandom(1);
        private final ResolverConfig config = ResolverConfig.of(
                        IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.2"))
                .withSearch(List.of("lab.example.com", "example.com"))
                .withAttempts(ATTEMPTS);
        private long now;

        Run(final Decisions decisions) {
            this.decisions = decisions;
        }

        void play() throws IOException {
            do {
                lookUp();
            } while (!decisions.isUsedUp());
        }

        private void lookUp() throws IOException {
            sent.all.clear();
            final long start = now;
            final LookupContext context = new LookupContext(config, decisions.below(2), sent, cache, random, counters);
            final Lookup lookup = new Lookup(context, name(), DnsCodec.AAAA, DnsCodec.A);
            lookup.start(now);
            while (!lookup.isDone()) {
                step(lookup);
                assertThat(sent.all).hasSizeLessThanOrEqualTo(MOST_QUERIES);
                if (!lookup.isDone()) {
                    assertThat(sent.open()).as("what a look-up waits for").isNotEmpty();
                    assertThat(lookup.deadline()).isBetween(now, now + 30_000_000_000L);
                }
                lookup.addresses(true).ifPresent(each -> assertThat(each).allMatch(IpAddress::isIpv4));
            }
            assertThat(sent.open()).isEmpty();
            assertThat(now - start).isLessThan(20_000_000_000L * CANDIDATES * (AliasChain.MAX_ALIASES + 1));
            final Optional<List<IpAddress>> ipv6 = lookup.addresses(false);
            final Optional<List<IpAddress>> ipv4 = lookup.addresses(true);
            assertThat(ipv6).isPresent();
            assertThat(ipv4).isPresent();
            assertThat(ipv6.get()).noneMatch(IpAddress::isIpv4).hasSizeLessThanOrEqualTo(DnsCodec.MAX_RECORDS);
            if (ipv6.get().isEmpty() && ipv4.get().isEmpty()) {
                assertThat(lookup.failure().getMessage()).isNotBlank().doesNotContain("\n");
            }
            assertThat(cache.size()).isLessThanOrEqualTo(CACHE_SIZE);
            now += decisions.below(400) * 1_000_000_000L;
        }

        private HostName name() throws UnknownHostException {
            return HostName.parse(decisions.any("www", "a.example.com", "www.example.com.", "b"));
        }

        private void step(final Lookup lookup) {
            final List<Sent> open = sent.open();
            final Sent query = open.get(decisions.below(open.size()));
            if (decisions.isUsedUp() || decisions.oneIn(8)) {
                now = lookup.deadline();
                lookup.tick(now);
            } else if (decisions.oneIn(16)) {
                query.close();
                query.receiver.failed("connection refused", now);
            } else {
                now += decisions.below(200) * 1_000_000L;
                final byte[] message = message(query);
                for (int copies = decisions.oneIn(8) ? 20 : 1; copies > 0; copies--) {
                    query.receiver.received(message, now);
                }
                lookup.tick(now);
            }
        }

        private byte[] message(final Sent query) {
            if (decisions.oneIn(10)) {
                return decisions.bytes(decisions.below(64));
            }
            final ByteBuffer asked = ByteBuffer.wrap(query.query);
            final ByteBuffer message = ByteBuffer.allocate(4_096);
            message.putShort(decisions.oneIn(8) ? (short) decisions.word() : asked.getShort(0));
            message.putShort((short) flags());
            final int counts = message.position();
            message.putLong(0);
            if (!decisions.oneIn(8)) {
                message.putShort(counts, (short) 1);
                if (decisions.oneIn(8)) {
                    message.put(name(NAMES[decisions.below(NAMES.length)]))
                            .putShort((short) decisions.below(30))
                            .putShort((short) 1);
                } else {
                    message.put(query.query, HEADER_BYTES, questionBytes(query));
                }
            }
            final int answers = decisions.below(6);
            final int others = decisions.below(3);
            message.putShort(counts + 2, (short) answers).putShort(counts + 4, (short) others);
            for (int i = 0; i < answers + others; i++) {
                record(message);
            }
            return damaged(Arrays.copyOf(message.array(), message.position()));
        }

        private int flags() {
            int flags = decisions.oneIn(10) ? 0 : 0x8000;
            flags |= decisions.oneIn(16) ? decisions.below(16) << 11 : 0;
            flags |= decisions.oneIn(6) ? 0x0200 : 0; // TC
            flags |= decisions.oneIn(2) ? 0x0400 : 0; // AA
            flags |= decisions.oneIn(2) ? 0x0080 : 0; // RA
            return flags | (decisions.oneIn(3) ? CODES[decisions.below(CODES.length)] : Rcode.NOERROR);
        }

        private static int questionBytes(final Sent query) {
            final int name = query.message().getQuestion().getName().length();
            return name + 4;
        }

        private void record(final ByteBuffer message) {
            // Mostly a pointer to the question's name (RFC 1035 4.1.4), or to anywhere, also to itself.
            if (decisions.oneIn(3)) {
                message.put(name(NAMES[decisions.below(NAMES.length)]));
            } else {
                message.putShort((short) (0xC000 | (decisions.oneIn(8) ? decisions.below(256) : HEADER_BYTES)));
            }
            final int type = TYPES[decisions.below(TYPES.length)];
            message.putShort((short) type);
            message.putShort((short) (decisions.oneIn(16) ? decisions.below(256) : 1));
            message.putInt(decisions.any(0, 1, 300, Integer.MAX_VALUE, -1));
            final byte[] data = data(type);
            message.putShort((short) (decisions.oneIn(16) ? decisions.below(0x1_0000) : data.length));
            message.put(data);
        }

        private byte[] data(final int type) {
            return switch (type) {
                case Type.A -> address(4);
                case Type.AAAA -> address(16);
                case Type.CNAME, Type.DNAME -> name(NAMES[decisions.below(NAMES.length)]);
                case Type.SOA ->
                    ByteBuffer.allocate(22)
                            .putShort((short) 0)
                            .putInt(18, decisions.word())
                            .array();
                default -> decisions.bytes(decisions.below(32));
            };
        }

        private static byte[] name(final String text) {
            try {
                return Name.fromString(text).toWire();
            } catch (final IOException e) {
                throw new IllegalArgumentException(e);
            }
        }

        private byte[] address(final int length) {
            if (length == 16 && decisions.oneIn(4)) {
                return IpAddress.ipv4(decisions.word()).toIpv6Bytes();
            }
            return Arrays.copyOf(decisions.bytes(length), length);
        }

        private byte[] damaged(final byte[] message) {
            if (!decisions.oneIn(4)) {
                return message;
            }
            for (int i = decisions.below(4); i > 0 && message.length > 0; i--) {
                message[decisions.below(message.length)] ^= (byte) (1 << decisions.below(8));
            }
            return decisions.oneIn(2) ? Arrays.copyOf(message, decisions.below(message.length + 1)) : message;
        }
    }
}
