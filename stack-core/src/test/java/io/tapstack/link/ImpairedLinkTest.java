package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.testing.TestLink;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Ipv4Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImpairedLinkTest {

    private static final long MILLIS = 1_000_000L;
    private static final int LENGTH = 100;

    private final TestLink device = TestLink.ethernet();
    private final Frames frames = new Frames();
    private final StackStatistics statistics = new StackStatistics();

    private ImpairedLink sending(final Impairment impairment, final long seed) {
        final ImpairedLink link = new ImpairedLink(device, impairment, Impairment.NONE, seed);
        link.reportTo(statistics);
        return link;
    }

    private ImpairedLink receiving(final Impairment impairment, final long seed) {
        final ImpairedLink link = new ImpairedLink(device, Impairment.NONE, impairment, seed);
        link.reportTo(statistics);
        return link;
    }

    private void sendNumbers(final LinkDevice link, final int count) throws IOException {
        for (int number = 0; number < count; number++) {
            assertThat(frames.send(link, number, LENGTH)).isTrue();
        }
    }

    private List<Integer> sentNumbers() {
        return device.takeSent().stream().map(Frames::number).toList();
    }

    /** Steps from event to event, and notes the time at which each frame leaves the device. */
    private List<Long> departures(final ImpairedLink link) throws IOException {
        final List<Long> times = new ArrayList<>();
        for (long now = link.nextEvent(); now != Long.MAX_VALUE; now = link.nextEvent()) {
            link.advance(now);
            frames.receive(link);
            for (int i = device.takeSent().size(); i > 0; i--) {
                times.add(now);
            }
        }
        return times;
    }

    @Test
    void perfectLinkChangesNothing() throws IOException {
        final ImpairedLink link = new ImpairedLink(device, Impairment.NONE, Impairment.NONE, 1);
        sendNumbers(link, 3);
        assertThat(sentNumbers()).containsExactly(0, 1, 2);
        device.inject(Frames.numbered(7, LENGTH));
        assertThat(frames.receiveNumbers(link)).containsExactly(7);
        assertThat(link.nextEvent()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void losesAboutAsManyAsItShouldAndCountsThem() throws IOException {
        final ImpairedLink link = sending(Impairment.NONE.withLoss(0.1), 42);
        sendNumbers(link, 10_000);
        final int arrived = device.takeSent().size();
        assertThat(10_000 - arrived).isCloseTo(1_000, within(100));
        assertThat(statistics.drops(DropReason.LINK_IMPAIRED)).isEqualTo(10_000 - arrived);
    }

    @Test
    void equalSeedsMakeEqualRunsAndOthersDoNot() throws IOException {
        final Impairment impairment = Impairment.NONE
                .withLoss(0.2)
                .withDuplication(0.2)
                .withReordering(0.2, MILLIS)
                .withJitter(MILLIS);
        final List<List<Integer>> runs = new ArrayList<>();
        for (final long seed : new long[] {5, 5, 6}) {
            final ImpairedLink link = sending(impairment, seed);
            sendNumbers(link, 100);
            link.advance(0);
            link.advance(10 * MILLIS);
            frames.receive(link);
            runs.add(sentNumbers());
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1)).isNotEqualTo(runs.get(2));
    }

    @Test
    void whatIsSentHasNoInfluenceOnWhatIsReceived() throws IOException {
        final List<List<Integer>> runs = new ArrayList<>();
        for (final int sent : new int[] {0, 17}) {
            final Impairment half = Impairment.NONE.withLoss(0.5);
            final ImpairedLink link = new ImpairedLink(device, half, half, 3);
            sendNumbers(link, sent);
            IntStream.range(0, 50).forEach(number -> device.inject(Frames.numbered(number, LENGTH)));
            runs.add(frames.receiveNumbers(link));
        }
        assertThat(runs.get(0)).isEqualTo(runs.get(1));
    }

    @Test
    void duplicates() throws IOException {
        sendNumbers(sending(Impairment.NONE.withDuplication(1), 1), 3);
        assertThat(sentNumbers()).containsExactly(0, 0, 1, 1, 2, 2);
    }

    @Test
    void corruptionInvertsOneBit() throws IOException {
        final ImpairedLink link = receiving(Impairment.NONE.withCorruption(1), 9);
        for (int round = 0; round < 100; round++) {
            device.inject(new byte[LENGTH]);
            final byte[] damaged = frames.receive(link).get(0);
            int bits = 0;
            for (final byte b : damaged) {
                bits += Integer.bitCount(b & 0xFF);
            }
            assertThat(bits).isEqualTo(1);
        }
    }

    @Test
    void corruptionDoesNotTouchTheSendersMemory() throws IOException {
        final ImpairedLink link = sending(Impairment.NONE.withCorruption(1), 9);
        final var frame = frames.pool().packet(LENGTH, 0);
        frame.append(LENGTH);
        final byte[] before = frame.toArray();
        link.transmit(frame);
        assertThat(frame.toArray())
                .isEqualTo(before)
                .isNotEqualTo(device.takeSent().get(0));
        frame.release();
    }

    @Test
    void delaysInBothDirections() throws IOException {
        final Impairment delay = Impairment.NONE.withDelay(20 * MILLIS);
        final ImpairedLink link = new ImpairedLink(device, delay, delay, 1);
        final long start = 5_000 * MILLIS;
        link.advance(start);
        frames.send(link, 1, LENGTH);
        device.inject(Frames.numbered(2, LENGTH));
        assertThat(frames.receive(link)).isEmpty();
        assertThat(link.nextEvent())
                .as("the frame that was sent wants to know the time")
                .isEqualTo(start);
        link.advance(start);
        assertThat(link.nextEvent()).isEqualTo(start + 20 * MILLIS);
        link.advance(start + 20 * MILLIS - 1);
        assertThat(frames.receive(link)).isEmpty();
        link.advance(start + 20 * MILLIS);
        assertThat(frames.receiveNumbers(link)).containsExactly(2);
        assertThat(sentNumbers()).containsExactly(1);
        assertThat(link.nextEvent()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void delayCountsFromTheTimeOfSendingHoweverLongAgoTheLastPollWas() throws IOException {
        final ImpairedLink link = sending(Impairment.NONE.withDelay(20 * MILLIS), 1);
        link.advance(0);
        // Much later an application sends, and the driver is woken.
        frames.send(link, 1, LENGTH);
        assertThat(link.nextEvent()).isZero();
        link.advance(3_000 * MILLIS);
        frames.receive(link);
        assertThat(device.takeSent()).isEmpty();
        assertThat(link.nextEvent()).isEqualTo(3_020 * MILLIS);
    }

    @Test
    void jitterSpreadsButKeepsTheOrder() throws IOException {
        final ImpairedLink link = sending(Impairment.NONE.withJitter(10 * MILLIS), 4);
        final List<Integer> order = new ArrayList<>();
        for (int number = 0; number < 200; number++) {
            link.advance(number * MILLIS);
            frames.send(link, number, LENGTH);
            link.advance(number * MILLIS);
            frames.receive(link);
            order.addAll(sentNumbers());
        }
        assertThat(order).hasSizeLessThan(200);
        link.advance(300 * MILLIS);
        frames.receive(link);
        order.addAll(sentNumbers());
        assertThat(order).hasSize(200).isSorted();
    }

    @Test
    void reorderedFramesAreOvertaken() throws IOException {
        final ImpairedLink link = sending(Impairment.NONE.withReordering(0.2, 5 * MILLIS), 4);
        final List<Integer> order = new ArrayList<>();
        for (int number = 0; number < 100; number++) {
            frames.send(link, number, LENGTH);
            link.advance(number * MILLIS);
            frames.receive(link);
            order.addAll(sentNumbers());
        }
        link.advance(200 * MILLIS);
        frames.receive(link);
        order.addAll(sentNumbers());
        assertThat(order).hasSize(100).doesNotHaveDuplicates();
        assertThat(order).isNotEqualTo(order.stream().sorted().toList());
    }

    @Test
    void rateSpacesFramesAndTheQueueIsLimited() throws IOException {
        // 100 bytes a millisecond, and room for three frames behind the one being sent.
        final ImpairedLink link = sending(Impairment.NONE.withRate(100_000, 300), 1);
        sendNumbers(link, 10);
        link.advance(0);
        assertThat(departures(link)).containsExactly(MILLIS, 2 * MILLIS, 3 * MILLIS, 4 * MILLIS);
        assertThat(statistics.drops(DropReason.LINK_IMPAIRED)).isEqualTo(6);
    }

    /** RFC 3168 5: ECT(0) and ECT(1) become CE, packets that are not ECN-capable stay; headers stay valid. */
    @Test
    void longQueueMarks() throws IOException {
        final ImpairedLink link =
                sending(Impairment.NONE.withRate(100_000, 10_000).withMarking(250), 1);
        final BufferPool pool = new BufferPool();
        for (int i = 0; i < 8; i++) {
            final PacketBuffer frame = pool.packet(LENGTH, 0);
            final ByteBuffer bytes = frame.memory().bytes();
            final int at = frame.append(LENGTH);
            EthernetHeader.write(bytes, at, 1, 2, i == 7 ? EthernetHeader.TYPE_ARP : EthernetHeader.TYPE_IPV4);
            Ipv4Header.write(bytes, at + EthernetHeader.LENGTH, 0xB8 | (i == 7 ? 1 : i % 4), 86, 0, 0, 64, 6, 1, 2);
            link.transmit(frame);
            frame.release();
        }
        link.advance(0);
        final List<Integer> fields = new ArrayList<>();
        for (long now = link.nextEvent(); now != Long.MAX_VALUE; now = link.nextEvent()) {
            link.advance(now);
            frames.receive(link);
            for (final byte[] frame : device.takeSent()) {
                final ByteBuffer bytes = ByteBuffer.wrap(frame);
                assertThat(Ipv4Header.checksumIsValid(bytes, EthernetHeader.LENGTH, 20))
                        .isTrue();
                fields.add(Ipv4Header.trafficClass(bytes, EthernetHeader.LENGTH) - 0xB8);
            }
        }
        assertThat(fields).containsExactly(0, 1, 2, 3, 0, 3, 3, 1);
    }

    @Test
    void fullDeviceIsPassedOnAndLosesNothing() throws IOException {
        final ImpairedLink link = sending(Impairment.NONE, 1);
        device.room(2);
        assertThat(frames.send(link, 0, LENGTH)).isTrue();
        assertThat(frames.send(link, 1, LENGTH)).isTrue();
        assertThat(frames.send(link, 2, LENGTH)).as("the one that is held").isTrue();
        assertThat(frames.send(link, 3, LENGTH)).isFalse();
        assertThat(link.nextEvent()).as("the device itself says when").isEqualTo(Long.MAX_VALUE);
        device.room(10);
        frames.receive(link);
        assertThat(frames.send(link, 3, LENGTH)).isTrue();
        assertThat(sentNumbers()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void awaitEndsAtTheNextEvent() throws IOException {
        final TimeoutProbe probe = new TimeoutProbe();
        final ImpairedLink link = new ImpairedLink(probe, Impairment.NONE.withDelay(20 * MILLIS), Impairment.NONE, 1);
        link.advance(MILLIS);
        link.await(Long.MAX_VALUE);
        assertThat(probe.timeoutNanos).isEqualTo(Long.MAX_VALUE);
        frames.send(link, 1, LENGTH);
        link.await(Long.MAX_VALUE);
        assertThat(probe.timeoutNanos).isZero();
        link.advance(MILLIS);
        link.await(Long.MAX_VALUE);
        assertThat(probe.timeoutNanos).isEqualTo(20 * MILLIS);
        link.await(3);
        assertThat(probe.timeoutNanos).isEqualTo(3);
    }

    @Test
    void advertisesNoOffloadUnlessAskedTo() {
        final LinkCapabilities able = new LinkCapabilities(LinkType.ETHERNET, 9_000, true, true, 65_535);
        final TestLink card = new TestLink(able);
        assertThat(new ImpairedLink(card, Impairment.NONE, Impairment.NONE, 1).capabilities())
                .isEqualTo(LinkCapabilities.plain(LinkType.ETHERNET, 9_000));
        assertThat(ImpairedLink.keepingOffload(card, Impairment.NONE, Impairment.NONE, 1)
                        .capabilities())
                .isEqualTo(able);
    }

    @Test
    void heldMemoryIsBounded() throws IOException {
        final ImpairedLink link = receiving(Impairment.NONE.withDelay(1_000 * MILLIS), 1);
        link.advance(0);
        for (int number = 0; number < 100_000; number++) {
            device.inject(new byte[1_500]);
            if (number % 64 == 0) {
                frames.receive(link);
            }
        }
        while (frames.pool().bytesInUse() < 64 << 20) {
            assertThat(frames.receive(link)).isEmpty();
        }
        for (int round = 0; round < 1_000; round++) {
            frames.receive(link);
        }
        assertThat(frames.pool().bytesInUse()).isLessThanOrEqualTo(64 << 20);
        assertThat(statistics.drops(DropReason.LINK_IMPAIRED)).isEqualTo(100_000 - (64 << 20) / 2_048);
        link.close();
        assertThat(frames.nothingHeld()).isTrue();
    }

    @Test
    void refusesWhatIsNoProbability() {
        assertThatThrownBy(() -> Impairment.NONE.withLoss(1.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Impairment.NONE.withLoss(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Impairment.NONE.withDelay(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
