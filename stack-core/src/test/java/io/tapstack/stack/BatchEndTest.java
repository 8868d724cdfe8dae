package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkDevice;
import io.tapstack.testing.TestLink;
import io.tapstack.time.Clock;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The end of a batch of sent frames: at the end of a poll, and when their sender lets the lock go. */
class BatchEndTest {

    /** Gathers the frames of a batch, and is gone after a while. */
    private static final class GatheringLink extends ForwardingLink {

        private int gathered;
        private int left;
        private int flushes;
        private boolean gone;

        GatheringLink(final LinkDevice device) {
            super(device);
        }

        @Override
        public boolean transmit(final PacketBuffer frame) {
            gathered++;
            return true;
        }

        @Override
        public void flush() throws IOException {
            if (gone) {
                throw new IOException("gone");
            }
            flushes++;
            left += gathered;
            gathered = 0;
        }
    }

    private final GatheringLink device = new GatheringLink(TestLink.ethernet());

    private NetworkStack stack() {
        return new NetworkStack(device, StackConfig.of(InterfaceAddress.parse("10.0.0.1/24")), 0);
    }

    @Test
    void thePollEndsTheBatch() throws IOException {
        final NetworkStack stack = stack();
        assertThat(device.gathered).as("announcement").isPositive();
        stack.poll(1);
        assertThat(device.gathered).isZero();
        assertThat(device.left).isPositive();
        assertThat(device.flushes).isEqualTo(1);
    }

    @Test
    void theOutermostUnlockEndsTheBatch() {
        final FakeStack stack = new FakeStack(new QuietDevice());
        final StackLock lock = new StackDriver(stack, Clock.system(), "driver").stackLock();
        lock.lock();
        lock.lock();
        lock.unlock();
        assertThat(stack.flushes.get()).isZero();
        lock.unlock();
        assertThat(stack.flushes.get()).isEqualTo(1);
    }

    @Test
    void aWaitEndsTheBatch() throws InterruptedException {
        final FakeStack stack = new FakeStack(new QuietDevice());
        final StackLock lock = new StackDriver(stack, Clock.system(), "driver").stackLock();
        lock.lock();
        lock.waitPoint().await(lock.now());
        assertThat(stack.flushes.get()).isEqualTo(1);
        lock.unlock();
    }

    /** The resets of connections and the release of a lease (RFC 2131 4.4.6) are the last frames. */
    @Test
    void theCloseOfAStackEndsTheBatch() {
        final NetworkStack stack = stack();
        stack.close(1);
        assertThat(device.gathered).isZero();
        assertThat(device.left).isPositive();
    }

    @Test
    void aDeviceThatIsGoneAtTheEndOfABatchEndsTheStackAtTheNextPoll() throws IOException {
        final NetworkStack stack = stack();
        device.gone = true;
        stack.flush();
        assertThatThrownBy(() -> stack.poll(1)).hasMessage("gone");
    }
}
