package io.tapstack.ndp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.neighbor.NeighborState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Solicitations and advertisements of neighbours: RFC 4861 7.1 and 7.2. */
class NeighborMessagesTest {

    private static final String US = "2001:db8::2";
    private static final String PEER = NdpTrace.PEER;
    private static final String OUR_GROUP = "ff02::1:ff00:2";

    private final NdpTrace host = NdpTrace.bare().start().assigned(US);

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    // ---- Resolution of others (7.2.2)

    @Test
    void asksTheSolicitedNodeGroupThenSendsWhatWaited() {
        host.send(US, PEER);
        assertThat(host.sent())
                .containsExactly("NS 2001:db8::2 > ff02::1:ff00:7 target 2001:db8::7 slla 02:00:00:00:00:02");
        host.receive(PEER, US, NdpBytes.na(PEER, "SO").targetLink(NdpTrace.OTHER_MAC));
        assertThat(host.sent()).containsExactly("data 2001:db8::2 > 2001:db8::7 to 02:00:00:00:00:99");
        assertThat(host.neighbor(PEER).state()).isEqualTo(NeighborState.REACHABLE);
    }

    @Test
    void solicitsFromTheAddressOfThePacketThatWaits() {
        host.assigned("fe80::2").assigned("2001:db8:5::2");
        host.send("2001:db8:5::2", PEER);
        assertThat(host.sent()).first().asString().startsWith("NS 2001:db8:5::2 >");
    }

    @Test
    void asksThreeTimesThenReportsThatTheNeighborIsUnreachable() {
        host.send(US, PEER);
        host.advanceSeconds(2.9);
        assertThat(host.sent()).hasSize(3);
        assertThat(host.unresolved).isEmpty();
        host.advanceSeconds(0.2);
        assertThat(host.unresolved).containsExactly("3");
        assertThat(host.send(US, PEER)).isFalse();
    }

    @Test
    void withoutAnAddressNothingIsAsked() { // 7.2.2: the source is an address of ours
        final NdpTrace bare = NdpTrace.bare().start();
        bare.send(US, PEER);
        assertThat(bare.sent()).isEmpty();
        bare.assertNothingLeaked();
    }

    @Test
    void probesAStaleNeighborByUnicastAfterFiveSeconds() { // 7.3.3, DELAY_FIRST_PROBE_TIME
        host.receive(PEER, US, NdpBytes.ns(US).sourceLink(NdpTrace.OTHER_MAC));
        host.sent();
        host.send(US, PEER);
        host.advanceSeconds(4.9);
        assertThat(host.sent()).hasSize(1);
        host.advanceSeconds(0.2);
        assertThat(host.sent())
                .containsExactly("NS 2001:db8::2 > 2001:db8::7 target 2001:db8::7 slla 02:00:00:00:00:02"
                        + " to 02:00:00:00:00:99");
    }

    // ---- Answers for ours (7.2.3, 7.2.4)

    @Test
    void answersASolicitationAndLearnsTheSender() {
        host.receive(PEER, OUR_GROUP, NdpBytes.ns(US).sourceLink(NdpTrace.OTHER_MAC));
        assertThat(host.sent())
                .containsExactly("NA 2001:db8::2 > 2001:db8::7 target 2001:db8::2 SO tlla 02:00:00:00:00:02"
                        + " to 02:00:00:00:00:99");
        assertThat(host.neighbor(PEER).state()).isEqualTo(NeighborState.STALE);
    }

    @Test
    void answersACheckForADuplicateToAllNodes() { // 7.2.4: the source is unspecified, so S is zero
        host.receive("::", OUR_GROUP, NdpBytes.ns(US));
        assertThat(host.sent()).containsExactly("NA 2001:db8::2 > ff02::1 target 2001:db8::2 O tlla 02:00:00:00:00:02");
    }

    @Test
    void resolvesTheSenderOfAUnicastSolicitationWithoutItsAddress() { // 7.2.4: the answer waits
        host.receive(PEER, US, NdpBytes.ns(US));
        assertThat(host.sent())
                .containsExactly("NS 2001:db8::2 > ff02::1:ff00:7 target 2001:db8::7 slla 02:00:00:00:00:02");
        host.receive(PEER, US, NdpBytes.na(PEER, "S").targetLink(NdpTrace.OTHER_MAC));
        assertThat(host.sent())
                .containsExactly(
                        "NA 2001:db8::2 > 2001:db8::7 target 2001:db8::2 SO tlla 02:00:00:00:00:02 to 02:00:00:00:00:99");
    }

    @Test
    void aSolicitationWithANewAddressMakesTheNeighborStale() { // 7.2.3
        host.send(US, PEER);
        host.receive(PEER, US, NdpBytes.na(PEER, "S").targetLink(NdpTrace.OTHER_MAC));
        host.receive(PEER, OUR_GROUP, NdpBytes.ns(US).sourceLink(NdpTrace.ROUTER_MAC));
        assertThat(host.neighbor(PEER).state()).isEqualTo(NeighborState.STALE);
        assertThat(host.neighbor(PEER).mac()).isEqualTo(NdpTrace.ROUTER_MAC);
    }

    @Test
    void aSolicitationForAnotherHostTeachesNothing() { // 7.2.3: the target is not ours
        host.receive(PEER, "ff02::1:ff00:9", NdpBytes.ns("2001:db8::9").sourceLink(NdpTrace.OTHER_MAC));
        assertThat(host.sent()).isEmpty();
        assertThat(host.knows(PEER)).isFalse();
        assertThat(host.drops(DropReason.NDP_NOT_FOR_US)).isEqualTo(1);
    }

    @Test
    void anUnsolicitedAdvertisementMakesNoEntry() { // 7.2.5
        host.receive(PEER, "ff02::1", NdpBytes.na(PEER, "O").targetLink(NdpTrace.OTHER_MAC));
        assertThat(host.knows(PEER)).isFalse();
    }

    @Test
    void anUnsolicitedAdvertisementChangesAnEntry() { // 7.2.6, as seen by the other hosts
        host.send(US, PEER);
        host.receive(PEER, US, NdpBytes.na(PEER, "S").targetLink(NdpTrace.OTHER_MAC));
        host.receive(PEER, "ff02::1", NdpBytes.na(PEER, "O").targetLink(NdpTrace.ROUTER_MAC));
        assertThat(host.neighbor(PEER).mac()).isEqualTo(NdpTrace.ROUTER_MAC);
        assertThat(host.neighbor(PEER).state()).isEqualTo(NeighborState.STALE);
    }

    @Test
    void aProxysAnswerDoesNotReplaceTheTarget() { // 7.2.8: O is zero in the advertisement of a proxy or for an anycast
        host.send(US, PEER);
        host.receive(PEER, US, NdpBytes.na(PEER, "S").targetLink(NdpTrace.OTHER_MAC));
        host.receive(PEER, US, NdpBytes.na(PEER, "S").targetLink(NdpTrace.ROUTER_MAC));
        assertThat(host.neighbor(PEER).mac()).isEqualTo(NdpTrace.OTHER_MAC);
    }

    // ---- Validation (7.1)

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64, 254})
    void aMessageFromAnotherLinkIsDropped(final int hopLimit) { // 7.1.1, 7.1.2
        host.receive(
                PEER,
                US,
                hopLimit,
                false,
                NdpBytes.ns(US).sourceLink(NdpTrace.OTHER_MAC).array());
        assertThat(host.drops(DropReason.NDP_HOP_LIMIT)).isEqualTo(1);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void aFragmentedMessageIsDropped() { // RFC 6980 5
        host.receive(
                PEER,
                US,
                255,
                true,
                NdpBytes.ns(US).sourceLink(NdpTrace.OTHER_MAC).array());
        assertThat(host.drops(DropReason.NDP_FRAGMENT)).isEqualTo(1);
        assertThat(host.sent()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "1 1 2 0 0 0 0 99, 2001:db8::7, true, a good one",
        "9 1 0 0 0 0 0 0 1 1 2 0 0 0 0 99, 2001:db8::7, true, an unknown option first",
        "1 0 2 0 0 0 0 99, 2001:db8::7, false, length 0",
        "1 2 2 0 0 0 0 99, 2001:db8::7, false, longer than the message",
        "1 1 2 0 0 0 0, 2001:db8::7, false, truncated",
        "1 1 255 255 255 255 255 255, 2001:db8::7, false, a group address",
        "1 1 0 0 0 0 0 0, 2001:db8::7, false, no address",
        "1 1 2 0 0 0 0 99, ::, false, a link address with the unspecified source",
    })
    void checksTheOptions(final String option, final String source, final boolean good, final String why) {
        final int[] bytes = java.util.stream.Stream.of(option.split(" "))
                .mapToInt(Integer::parseInt)
                .toArray();
        host.receive(source, OUR_GROUP, NdpBytes.ns(US).raw(bytes));
        assertThat(host.sent()).as(why).hasSize(good ? 1 : 0);
        assertThat(host.drops(DropReason.NDP_MALFORMED)).isEqualTo(good ? 0 : 1);
    }

    @Test
    void badSolicitationsAndAdvertisementsAreDropped() {
        host.receive(PEER, US, NdpBytes.ns(US).code(1));
        host.receive(PEER, US, NdpBytes.ns("ff02::1"));
        host.receive("::", US, NdpBytes.ns(US)); // the destination is not the group
        host.receive(PEER, US, NdpBytes.na("ff02::1", "S"));
        host.receive(PEER, "ff02::1", NdpBytes.na(PEER, "S")); // an answer to a group
        host.receive(PEER, US, 255, false, new byte[] {(byte) 135, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3});
        host.receive(PEER, US, 255, false, new byte[] {(byte) 135, 0, 0});
        assertThat(host.drops(DropReason.NDP_MALFORMED)).isEqualTo(7);
        host.receive(PEER, "ff02::2", NdpBytes.rs());
        assertThat(host.drops(DropReason.NDP_NOT_FOR_US)).isEqualTo(1);
        assertThat(host.sent()).isEmpty();
    }

    @Test
    void ourOwnSolicitationFromALoopedLinkIsDropped() {
        host.receive(US, OUR_GROUP, NdpBytes.ns(US).sourceLink(NdpTrace.MAC));
        assertThat(host.sent()).isEmpty();
        assertThat(host.knows(US)).isFalse();
    }

    @Test
    void aFloodOfStrangersLeavesTheCacheBounded() { // RFC 6583 5
        host.send(US, PEER);
        host.receive(PEER, US, NdpBytes.na(PEER, "S").targetLink(NdpTrace.OTHER_MAC));
        final long timers = host.wheel.armedTimers();
        for (int i = 0; i < 100_000; i++) {
            final byte[] message = FLOOD.clone();
            host.receive(
                    "2001:db8:0:0:1::" + Integer.toHexString(i >>> 16) + ":" + Integer.toHexString(i & 0xFFFF),
                    US,
                    255,
                    false,
                    message);
            if ((i & 0xFFF) == 0) {
                host.sentFrames();
            }
        }
        assertThat(host.ndp.neighbors().size()).isEqualTo(512);
        assertThat(host.wheel.armedTimers() - timers).isLessThanOrEqualTo(512);
        assertThat(host.neighbor(PEER).state()).as("a neighbour in use stays").isEqualTo(NeighborState.REACHABLE);
        assertThat(host.pool.packetsInUse()).isZero();
    }

    private static final byte[] FLOOD =
            NdpBytes.ns(US).sourceLink(NdpTrace.OTHER_MAC).array();
}
