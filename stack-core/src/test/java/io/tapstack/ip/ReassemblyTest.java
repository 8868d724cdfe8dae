package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.arp.ArpConfig;
import io.tapstack.event.DropReason;
import io.tapstack.icmp.IcmpRates;
import io.tapstack.testing.Packets;
import io.tapstack.testing.TestHost;
import io.tapstack.testing.TestLink;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IcmpV4CommonPacket;
import org.pcap4j.packet.namednumber.IcmpV4Code;
import org.pcap4j.packet.namednumber.IcmpV4Type;

/** RFC 791 3.2, RFC 1122 3.3.2, RFC 5722. */
class ReassemblyTest {

    private static final int PROTOCOL = 253;
    private static final int MORE = 0x2000;

    private final TestHost host = TestHost.settled();
    private final RecordingTransport transport = new RecordingTransport();

    ReassemblyTest() {
        host.internet.register(PROTOCOL, transport);
    }

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private static byte[] fragment(final byte[] whole, final int from, final int to, final boolean more) {
        return fragment(TestHost.PEER, 77, PROTOCOL, whole, from, to, more);
    }

    private static byte[] fragment(
            final IpAddress source,
            final int identification,
            final int protocol,
            final byte[] whole,
            final int from,
            final int to,
            final boolean more) {
        return Packets.ipv4(
                source,
                TestHost.ADDRESS,
                protocol,
                identification,
                from / 8 | (more ? MORE : 0),
                new byte[0],
                Arrays.copyOfRange(whole, from, to));
    }

    private void assertArrived(final byte[] whole) {
        assertThat(transport.packets).hasSize(1);
        assertThat(transport.packets.get(0).payload()).isEqualTo(whole);
        assertThat(host.statistics.drops()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0,1,2", "0,2,1", "1,0,2", "1,2,0", "2,0,1", "2,1,0"})
    void anyOrderWillDo(final int first, final int second, final int third) {
        final byte[] whole = Packets.pattern(100);
        final byte[][] fragments = {
            fragment(whole, 0, 40, true), fragment(whole, 40, 80, true), fragment(whole, 80, 100, false)
        };
        host.receivePacket(fragments[first]);
        host.receivePacket(fragments[second]);
        assertThat(transport.packets).isEmpty();
        host.receivePacket(fragments[third]);
        assertArrived(whole);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void randomCutsInRandomOrderWithDuplicates(final long seed) {
        final Random random = new Random(seed);
        final byte[] whole = new byte[1 + random.nextInt(60_000)];
        random.nextBytes(whole);
        final List<byte[]> fragments = new ArrayList<>();
        final int longest = Math.max(1, whole.length / 8 / 100);
        for (int from = 0; from < whole.length; ) {
            final int to = Math.min(whole.length, from + 8 * (longest + random.nextInt(longest)));
            fragments.add(fragment(whole, from, to, to < whole.length));
            from = to;
        }
        if (fragments.size() < 2) {
            return;
        }
        final byte[] lastToCome = fragments.remove(random.nextInt(fragments.size()));
        for (int i = random.nextInt(10); i > 0; i--) {
            fragments.add(fragments.get(random.nextInt(fragments.size())));
        }
        Collections.shuffle(fragments, random);
        fragments.forEach(host::receivePacket);
        assertThat(transport.packets).isEmpty();
        host.receivePacket(lastToCome);
        assertArrived(whole);
    }

    @Test
    void datagramsOfDifferentKeysDoNotMix() { // RFC 791 3.2: source, destination, protocol, identification
        final byte[] a = Packets.pattern(64);
        final byte[] b = Arrays.copyOfRange(Packets.pattern(200), 100, 164);
        host.internet.register(252, transport);
        host.receivePacket(fragment(TestHost.PEER, 1, PROTOCOL, a, 0, 32, true));
        host.receivePacket(fragment(TestHost.PEER, 2, PROTOCOL, b, 32, 64, false));
        host.receivePacket(fragment(TestHost.OTHER, 1, PROTOCOL, b, 32, 64, false));
        host.receivePacket(fragment(TestHost.PEER, 1, 252, b, 32, 64, false));
        assertThat(transport.packets).isEmpty();
        host.receivePacket(fragment(TestHost.PEER, 1, PROTOCOL, a, 32, 64, false));
        assertArrived(a);
    }

    @Test
    void theFirstFragmentsHeaderStands() {
        final byte[] whole = Packets.pattern(48);
        final byte[] first = fragment(whole, 0, 24, true);
        first[1] = 0x28;
        first[8] = 99;
        host.receivePacket(fragment(whole, 24, 48, false));
        host.receivePacket(Packets.withIpChecksum(first));
        assertArrived(whole);
        assertThat(transport.packets.get(0).trafficClass()).isEqualTo(0x28);
        assertThat(transport.packets.get(0).timeToLive()).isEqualTo(99);
    }

    @ParameterizedTest
    @CsvSource({"2, 3, 3", "1, 3, 3", "3, 1, 3", "2, 2, 2", "0, 0, 0"})
    void congestionInAnyFragmentIsCongestion(final int first, final int second, final int expected) { // RFC 3168 5.3
        final byte[] whole = Packets.pattern(48);
        final byte[] a = fragment(whole, 0, 24, true);
        final byte[] b = fragment(whole, 24, 48, false);
        a[1] = (byte) first;
        b[1] = (byte) second;
        host.receivePacket(Packets.withIpChecksum(a));
        host.receivePacket(Packets.withIpChecksum(b));
        assertThat(transport.packets.get(0).trafficClass()).isEqualTo(expected);
    }

    @Test
    void congestionNextToNotEcnCapableIsDropped() { // RFC 3168 5.3
        final byte[] whole = Packets.pattern(48);
        final byte[] a = fragment(whole, 0, 24, true);
        a[1] = 3;
        host.receivePacket(Packets.withIpChecksum(a));
        host.receivePacket(fragment(whole, 24, 48, false));
        assertThat(transport.packets).isEmpty();
        assertThat(host.drops(DropReason.FRAGMENT_MALFORMED)).isEqualTo(1);
    }

    // ---- Attacks

    @ParameterizedTest
    @CsvSource({"16, 40", "24, 56", "32, 48", "24, 48", "16, 56", "0, 48"})
    void anyOverlapKillsTheDatagram(final int from, final int to) { // RFC 5722 4
        final byte[] whole = Packets.pattern(80);
        host.receivePacket(fragment(whole, 0, 32, true));
        host.receivePacket(fragment(whole, 40, 48, true));
        host.receivePacket(fragment(whole, from, to, true));
        assertThat(host.drops(DropReason.FRAGMENT_OVERLAP)).isEqualTo(1);
        assertThat(host.pool.packetsInUse()).as("what was held is gone").isZero();

        host.receivePacket(fragment(whole, 0, 32, true));
        host.receivePacket(fragment(whole, 32, 80, false));
        assertThat(transport.packets)
                .as("fragments that are still to come are dropped too")
                .isEmpty();
        assertThat(host.drops(DropReason.FRAGMENT_OVERLAP)).isEqualTo(3);

        host.advanceSeconds(60);
        host.receivePacket(fragment(whole, 0, 32, true));
        host.receivePacket(fragment(whole, 32, 80, false));
        assertThat(transport.packets).as("the identification is free again").hasSize(1);
    }

    @Test
    void anExactDuplicateIsNoOverlap() {
        final byte[] whole = Packets.pattern(80);
        for (int i = 0; i < 5; i++) {
            host.receivePacket(fragment(whole, 0, 40, true));
        }
        host.receivePacket(fragment(whole, 40, 80, false));
        assertArrived(whole);
    }

    /** A second path with another MTU delivers the same bytes in other pieces (RFC 791 3.2 would copy them again). */
    @ParameterizedTest
    @CsvSource({"0, 16", "8, 24", "16, 32", "0, 32", "32, 64", "16, 56", "0, 64", "24, 40", "64, 64"})
    void aRepeatInOtherPiecesIsNoOverlap(final int from, final int to) {
        final byte[] whole = Packets.pattern(104);
        host.receivePacket(fragment(whole, 0, 32, true));
        host.receivePacket(fragment(whole, 32, 64, true));
        if (from < to) {
            host.receivePacket(fragment(whole, from, to, true));
        }
        host.receivePacket(fragment(whole, 64, 104, false));
        assertArrived(whole);
    }

    @ParameterizedTest
    @CsvSource({
        "64, 104, false",
        "80, 104, false",
        "64, 80, true",
        "72, 88, true",
        "40, 104, false",
        "32, 72, true",
        "32, 104, false"
    })
    void aRepeatOfTheEndIsNoOverlap(final int from, final int to, final boolean more) {
        final byte[] whole = Packets.pattern(104);
        host.receivePacket(fragment(whole, 64, 104, false));
        host.receivePacket(fragment(whole, 32, 64, true));
        host.receivePacket(fragment(whole, from, to, more));
        host.receivePacket(fragment(whole, 0, 32, true));
        assertArrived(whole);
    }

    @ParameterizedTest
    @CsvSource({"64, 104, true", "64, 80, false", "72, 96, false", "32, 64, false"})
    void aRepeatThatPutsTheEndElsewhereKillsTheDatagram(final int from, final int to, final boolean more) {
        final byte[] whole = Packets.pattern(104);
        host.receivePacket(fragment(whole, 64, 104, false));
        host.receivePacket(fragment(whole, 32, 64, true));
        host.receivePacket(fragment(whole, from, to, more));
        host.receivePacket(fragment(whole, 0, 32, true));
        assertThat(transport.packets).isEmpty();
        assertThat(host.drops(DropReason.FRAGMENT_OVERLAP)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFragmentOfADeliveredDatagramDisturbsNobody(final boolean first) {
        final byte[] whole = Packets.pattern(80);
        host.receivePacket(fragment(whole, 0, 40, true));
        host.receivePacket(fragment(whole, 40, 80, false));
        assertArrived(whole);
        host.receivePacket(first ? fragment(whole, 0, 40, true) : fragment(whole, 40, 80, false));
        assertThat(transport.packets).hasSize(1);

        host.receivePacket(fragment(TestHost.PEER, 78, PROTOCOL, whole, 0, 40, true));
        host.receivePacket(fragment(TestHost.PEER, 78, PROTOCOL, whole, 40, 80, false));
        assertThat(transport.packets).hasSize(2);
    }

    /** The first fragment is not believed more than the second. */
    @ParameterizedTest
    @CsvSource({"0, 32, 0", "0, 32, 31", "8, 24, 8", "16, 56, 31", "16, 56, 32", "16, 56, 55", "0, 64, 63"})
    void aRepeatWithAnotherByteKillsTheDatagram(final int from, final int to, final int changed) {
        final byte[] whole = Packets.pattern(80);
        host.receivePacket(fragment(whole, 0, 32, true));
        host.receivePacket(fragment(whole, 32, 64, true));
        final byte[] other = whole.clone();
        other[changed] ^= 1;
        host.receivePacket(fragment(other, from, to, true));
        assertThat(host.pool.packetsInUse()).as("what was held is gone").isZero();
        host.receivePacket(fragment(whole, 64, 80, false));
        assertThat(transport.packets).isEmpty();
        assertThat(host.drops(DropReason.FRAGMENT_OVERLAP)).isEqualTo(2);
    }

    @Test
    void teardrop() { // the second fragment lies inside the first
        final byte[] whole = Packets.pattern(80);
        host.receivePacket(fragment(whole, 0, 64, true));
        host.receivePacket(fragment(whole, 24, 28, false));
        assertThat(transport.packets).isEmpty();
        assertThat(host.drops(DropReason.FRAGMENT_OVERLAP)).isEqualTo(1);
    }

    @Test
    void pingOfDeath() { // an end beyond what a total length can say
        final byte[] piece = Packets.pattern(1_480);
        host.receivePacket(
                Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, IpProtocol.ICMP, 9, 0x1FFF, new byte[0], piece));
        host.receivePacket(
                Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, PROTOCOL, 9, 0x1FFE, new byte[0], Packets.pattern(8)));
        assertThat(host.drops(DropReason.FRAGMENT_MALFORMED)).isEqualTo(2);
        assertThat(host.pool.packetsInUse()).isZero();
    }

    @Test
    void theLargestDatagramWithOptionsIsStillBounded() {
        final byte[] whole = Packets.pattern(65_515);
        final byte[] options = new byte[40];
        Arrays.fill(options, (byte) 1);
        host.receivePacket(Packets.ipv4(
                TestHost.PEER, TestHost.ADDRESS, PROTOCOL, 77, MORE, options, Arrays.copyOf(whole, 1_400)));
        for (int from = 1_400; from < whole.length; from += 1_400) {
            final int to = Math.min(whole.length, from + 1_400);
            host.receivePacket(fragment(whole, from, to, to < whole.length));
        }
        assertThat(transport.packets)
                .as("65,515 bytes and 60 of header are too many")
                .isEmpty();
        assertThat(host.drops(DropReason.FRAGMENT_MALFORMED)).isEqualTo(1);
    }

    @Test
    void aPieceThatIsNoMultipleOfEightIsOnlyGoodAtTheEnd() {
        host.receivePacket(fragment(Packets.pattern(80), 0, 33, true));
        host.receivePacket(Packets.ipv4(TestHost.PEER, TestHost.ADDRESS, PROTOCOL, 1, MORE, new byte[0], new byte[0]));
        assertThat(host.drops(DropReason.FRAGMENT_MALFORMED)).isEqualTo(2);
    }

    @Test
    void twoEndsContradictEachOther() {
        final byte[] whole = Packets.pattern(80);
        host.receivePacket(fragment(whole, 40, 60, false));
        host.receivePacket(fragment(whole, 64, 80, false));
        assertThat(host.drops(DropReason.FRAGMENT_MALFORMED)).isEqualTo(1);
        assertThat(host.pool.packetsInUse()).isZero();
    }

    @Test
    void anEndBeforeWhatIsThereContradictsIt() {
        final byte[] whole = Packets.pattern(80);
        host.receivePacket(fragment(whole, 64, 72, true));
        host.receivePacket(fragment(whole, 32, 40, false));
        assertThat(host.drops(DropReason.FRAGMENT_MALFORMED)).isEqualTo(1);
    }

    @Test
    void aTcpFragmentThatHidesTheFlagsIsDropped() { // RFC 1858 3.2.2
        final byte[] whole = Packets.pattern(80);
        host.receivePacket(fragment(TestHost.PEER, 1, IpProtocol.TCP, whole, 8, 80, false));
        assertThat(host.drops(DropReason.FRAGMENT_MALFORMED)).isEqualTo(1);
    }

    // ---- Time

    @Test
    void timesOutAfterAMinuteAndSaysSo() { // RFC 1122 3.3.2
        final byte[] whole = Packets.pattern(80);
        host.receivePacket(fragment(whole, 0, 40, true));
        host.advanceSeconds(59.9);
        assertThat(host.drops(DropReason.FRAGMENT_TIMEOUT)).isZero();
        host.knowPeer();
        host.advanceSeconds(0.1);
        assertThat(host.drops(DropReason.FRAGMENT_TIMEOUT)).isEqualTo(1);
        assertThat(host.pool.packetsInUse()).isZero();

        final EthernetPacket sent = host.sentOne();
        final var header = sent.get(IcmpV4CommonPacket.class).getHeader();
        assertThat(header.getType()).isEqualTo(IcmpV4Type.TIME_EXCEEDED);
        assertThat(header.getCode()).isEqualTo(IcmpV4Code.FRAGMENT_REASSEMBLY_TIME_EXCEEDED);
        final byte[] raw = sent.getRawData();
        assertThat(Arrays.copyOfRange(raw, 14 + 20 + 8, raw.length)).isEqualTo(fragment(whole, 0, 40, true));

        host.receivePacket(fragment(whole, 40, 80, false));
        assertThat(transport.packets).isEmpty();
    }

    @Test
    void timesOutInSilenceWithoutTheFirstFragment() { // RFC 1122 3.3.2: only if fragment zero is there
        host.receivePacket(fragment(Packets.pattern(80), 40, 80, false));
        host.advanceSeconds(61);
        assertThat(host.drops(DropReason.FRAGMENT_TIMEOUT)).isEqualTo(1);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void laterFragmentsDoNotProlongTheWait() { // RFC 1122 3.3.2: a fixed value
        final byte[] whole = Packets.pattern(800);
        for (int i = 0; i < 7; i++) {
            host.receivePacket(fragment(whole, i * 80, i * 80 + 80, true));
            host.advanceSeconds(9);
        }
        assertThat(host.drops(DropReason.FRAGMENT_TIMEOUT)).isEqualTo(1);
    }

    // ---- Limits

    @Test
    void oneSourceCannotTakeAll() {
        for (int i = 0; i < 10_000; i++) {
            host.receivePacket(fragment(TestHost.OTHER, i, PROTOCOL, Packets.pattern(1_480), 0, 1_480, true));
        }
        final int limit = ReassemblyLimits.DEFAULT.maxDatagramsPerSource();
        assertThat(host.drops(DropReason.FRAGMENT_LIMIT)).isEqualTo(10_000 - limit);
        assertThat(host.pool.packetsInUse()).isEqualTo(limit);
        final byte[] whole = Packets.pattern(80);
        host.receivePacket(fragment(whole, 0, 40, true));
        host.receivePacket(fragment(whole, 40, 80, false));
        assertThat(transport.packets).as("another source still gets through").hasSize(1);
    }

    /** For each fragment that may be missing: a source that loses fragments is not affected by it later. */
    @ParameterizedTest
    @CsvSource({"0", "1", "2", "3"})
    void theSourcesOldestDatagramGivesWay(final int lost) {
        final byte[] whole = Packets.pattern(160);
        for (int id = 0; id < 1_000; id++) {
            for (int piece = 0; piece < 4; piece++) {
                if (piece != lost) {
                    final int from = 40 * piece;
                    host.receivePacket(fragment(TestHost.PEER, id, PROTOCOL, whole, from, from + 40, piece < 3));
                }
            }
        }
        assertThat(transport.packets).isEmpty();
        final int limit = ReassemblyLimits.DEFAULT.maxDatagramsPerSource();
        assertThat(host.drops(DropReason.FRAGMENT_LIMIT)).isEqualTo(1_000 - limit);

        final int from = 40 * lost;
        host.receivePacket(fragment(TestHost.PEER, 999, PROTOCOL, whole, from, from + 40, lost < 3));
        host.receivePacket(fragment(TestHost.PEER, 1_000 - limit, PROTOCOL, whole, from, from + 40, lost < 3));
        assertThat(transport.packets).as("what has not given way is completed").hasSize(2);
        for (int piece = 0; piece < 4; piece++) {
            final int at = 40 * piece;
            host.receivePacket(fragment(TestHost.PEER, 1_000, PROTOCOL, whole, at, at + 40, piece < 3));
        }
        assertThat(transport.packets).hasSize(3);
    }

    /**
     * 50 datagrams a second of three fragments, and 3 % of the fragments lost: 0.97 to the third power arrive, for any
     * length of time.
     */
    @Test
    void lossCostsTheDatagramsThatItHits() {
        final Random random = new Random(1);
        final byte[] whole = Packets.pattern(4_008);
        final int[] cuts = {0, 1_480, 2_960, 4_008};
        int expected = 0;
        for (int id = 0; id < 10_000; id++) {
            boolean complete = true;
            for (int piece = 0; piece < 3; piece++) {
                if (random.nextInt(100) < 3) {
                    complete = false;
                } else {
                    host.receivePacket(
                            fragment(TestHost.PEER, id, PROTOCOL, whole, cuts[piece], cuts[piece + 1], piece < 2));
                }
            }
            expected += complete ? 1 : 0;
            host.advanceSeconds(0.02);
            host.knowPeer();
        }
        assertThat(transport.packets).hasSize(expected);
        assertThat(expected).isBetween(9_000, 9_250);
    }

    /**
     * RFC 4963 2: a fast sender reuses an identification while a datagram with the same one is incomplete, as a
     * fragment was lost. The new fragments neither contradict it nor complete it.
     */
    @ParameterizedTest
    @CsvSource({"true, false", "false, false", "true, true"})
    void anIdentificationThatIsUsedAgain(final boolean firstIsLost, final boolean contradicted) {
        final byte[] old = Packets.pattern(80);
        final byte[] whole = Arrays.copyOfRange(Packets.pattern(200), 100, 180);
        host.receivePacket(firstIsLost ? fragment(old, 40, 80, false) : fragment(old, 0, 40, true));
        if (contradicted) {
            host.receivePacket(fragment(whole, 40, 80, false));
            assertThat(host.drops(DropReason.FRAGMENT_OVERLAP)).isEqualTo(1);
        }
        for (int id = 1_000; id < 1_000 + PartialDatagrams.MAX_DISTANCE / 2; id++) {
            host.receivePacket(fragment(TestHost.PEER, id, PROTOCOL, old, 0, 40, true));
            host.receivePacket(fragment(TestHost.PEER, id, PROTOCOL, old, 40, 80, false));
        }
        final int before = transport.packets.size();
        host.receivePacket(fragment(whole, 0, 40, true));
        host.receivePacket(fragment(whole, 40, 80, false));
        assertThat(transport.packets).hasSize(before + 1);
        assertThat(transport.packets.get(before).payload()).isEqualTo(whole);
        assertThat(host.drops(DropReason.FRAGMENT_TIMEOUT)).isEqualTo(contradicted ? 0 : 1);
    }

    /** Many other fragments may lie between those of one datagram. */
    @Test
    void aSlowDatagramAmongManyOthers() {
        final byte[] whole = Packets.pattern(80);
        host.receivePacket(fragment(whole, 0, 40, true));
        for (int id = 1_000; id < 3_000; id++) {
            host.receivePacket(fragment(TestHost.PEER, id, PROTOCOL, whole, 0, 40, true));
            host.receivePacket(fragment(TestHost.PEER, id, PROTOCOL, whole, 40, 80, false));
        }
        host.receivePacket(fragment(whole, 40, 80, false));
        assertThat(transport.packets).hasSize(2_001);
    }

    /** Its largest datagrams reach a source's limit in bytes long before that in datagrams. */
    @Test
    void theSourcesOldestGivesWayToItsBytesToo() {
        final byte[] whole = Packets.pattern(60_000);
        for (int id = 0; id < 40; id++) {
            for (int from = 1_000; from < whole.length; from += 1_000) { // the first is lost
                host.receivePacket(
                        fragment(TestHost.PEER, id, PROTOCOL, whole, from, from + 1_000, from + 1_000 < whole.length));
            }
        }
        assertThat(host.pool.bytesInUse()).isLessThanOrEqualTo(ReassemblyLimits.DEFAULT.maxBytesPerSource());
        assertThat(host.drops(DropReason.FRAGMENT_LIMIT)).isBetween(20L, 39L);
        host.receivePacket(fragment(TestHost.PEER, 39, PROTOCOL, whole, 0, 1_000, true));
        assertThat(transport.packets).as("the datagram in hand is kept").hasSize(1);
    }

    @Test
    void theOldestOfAllGivesWayToTheBytesOfMany() {
        final ReassemblyLimits limits = new ReassemblyLimits(60_000_000_000L, 200_000, 100_000, 8, 64);
        final TestHost small = new TestHost(TestLink.ethernet(), ArpConfig.DEFAULT, IcmpRates.DEFAULT, limits).settle();
        small.internet.register(PROTOCOL, transport);
        final byte[] whole = Packets.pattern(1_600);
        for (int i = 0; i < 2_000; i++) {
            small.receivePacket(fragment(IpAddress.ipv4(0x0B00_0000 + i), 1, PROTOCOL, whole, 0, 1_480, true));
        }
        small.receivePacket(fragment(IpAddress.ipv4(0x0B00_0000), 1, PROTOCOL, whole, 1_480, 1_600, false));
        assertThat(transport.packets).as("it has given way").isEmpty();
        small.receivePacket(fragment(IpAddress.ipv4(0x0B00_0000 + 1_999), 1, PROTOCOL, whole, 1_480, 1_600, false));
        assertThat(transport.packets).hasSize(1);
        small.assertNothingLeaked();
    }

    /**
     * RFC 1122 3.3.2 wants an error when the time is over, not when memory is short: a flood would make us send many.
     */
    @Test
    void nobodyHearsOfAnEviction() {
        final byte[] whole = Packets.pattern(80);
        final int limit = ReassemblyLimits.DEFAULT.maxDatagramsPerSource();
        for (int id = 0; id < limit; id++) {
            host.receivePacket(fragment(TestHost.PEER, id, PROTOCOL, whole, 0, 40, true));
        }
        host.advanceSeconds(30);
        for (int id = 0; id < limit; id++) {
            host.receivePacket(fragment(TestHost.PEER, limit + id, PROTOCOL, whole, 40, 80, false));
        }
        assertThat(host.drops(DropReason.FRAGMENT_LIMIT)).isEqualTo(limit);
        host.advanceSeconds(31);
        host.link.takeSent();
        assertThat(host.drops(DropReason.FRAGMENT_TIMEOUT))
                .as("the timer of those that gave way")
                .isZero();
        host.advanceSeconds(28.9);
        assertThat(host.drops(DropReason.FRAGMENT_TIMEOUT)).isZero();
        host.advanceSeconds(0.2);
        assertThat(host.drops(DropReason.FRAGMENT_TIMEOUT)).isEqualTo(limit);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void manySourcesTogetherAreBounded() {
        final ReassemblyLimits limits = new ReassemblyLimits(60_000_000_000L, 200_000, 100_000, 8, 64);
        final TestHost small = new TestHost(TestLink.ethernet(), ArpConfig.DEFAULT, IcmpRates.DEFAULT, limits).settle();
        final long before = small.pool.bytesInUse();
        for (int i = 0; i < 2_000; i++) {
            final IpAddress source = IpAddress.ipv4(0x0B00_0000 + i);
            small.receivePacket(fragment(source, 1, PROTOCOL, Packets.pattern(1_480), 0, 1_480, true));
            assertThat(small.pool.bytesInUse() - before).isLessThanOrEqualTo(200_000);
        }
        assertThat(small.drops(DropReason.FRAGMENT_LIMIT)).isPositive();
        small.assertNothingLeaked();
    }

    /** RFC 791 3.2: a link of 68 bytes leaves 48 of a packet. Attacks cut finer still, and so do tests. */
    @ParameterizedTest
    @CsvSource({
        "65515, 48, forwards",
        "65515, 48, backwards",
        "65515, 48, shuffled",
        "65515, 24, shuffled",
        "8008, 8, forwards",
        "8008, 8, backwards",
        "8008, 8, shuffled"
    })
    void aDatagramMayComeInManyFragments(final int length, final int size, final String order) {
        final byte[] whole = Packets.pattern(length);
        final List<byte[]> fragments = new ArrayList<>();
        for (int from = 0; from < length; from += size) {
            final int to = Math.min(length, from + size);
            fragments.add(fragment(whole, from, to, to < length));
        }
        if (order.equals("backwards")) {
            Collections.reverse(fragments);
        } else if (order.equals("shuffled")) {
            Collections.shuffle(fragments, new Random(1));
        }
        fragments.forEach(host::receivePacket);
        assertArrived(whole);
    }

    @Test
    void tinyFragmentsAreBounded() {
        final byte[] whole = Packets.pattern(60_000);
        for (int from = 0; from < whole.length; from += 8) {
            host.receivePacket(fragment(whole, from, from + 8, true));
        }
        assertThat(transport.packets).isEmpty();
        assertThat(host.drops(DropReason.FRAGMENT_LIMIT)).isPositive();
        assertThat(host.pool.packetsInUse()).as("no more of it is kept").isZero();
    }

    @Test
    void tinyFragmentsDoNotHoldLargeBlocks() {
        host.receivePacket(fragment(Packets.pattern(80), 0, 8, true));
        assertThat(host.pool.bytesInUse()).isLessThanOrEqualTo(256);
    }
}
