package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.ErrorReport;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MSG_ZEROCOPY on a link that gathers payload: the memory of a direct buffer is lent, and returned. */
@SuppressWarnings("NullAway.Init")
final class ZeroCopyTest extends TwoHostsTest {

    private static final int ZEROCOPY = MessageFlags.MSG_ZEROCOPY;
    private static final ByteBuffer NOWHERE = ByteBuffer.allocate(0);

    private StreamSocket client;
    private StreamSocket server;

    @BeforeEach
    void connect() throws Exception {
        final StreamSocket listener = listener(1);
        client = connect(listener);
        server = accept(listener);
        assertThat(client.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_ZEROCOPY, 1))
                .isZero();
    }

    private ErrorReport completion() {
        assertThat(await(client, PollEvents.POLLERR) & PollEvents.POLLERR).isNotZero();
        final ReceivedMessage message = new ReceivedMessage();
        assertThat(client.recvMessage(NOWHERE, MessageFlags.MSG_ERRQUEUE, message))
                .isZero();
        assertThat(message.report()).isNotNull();
        return message.report();
    }

    private static ByteBuffer pattern(final ByteBuffer buffer) {
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) (i * 31));
        }
        return buffer;
    }

    @Test
    void aDirectBufferIsLentAndNotCopied() throws Exception {
        final ByteBuffer data = pattern(ByteBuffer.allocateDirect(1_000_000));
        final FutureTask<Integer> sent = start(() -> client.send(data.duplicate(), ZEROCOPY));
        final ByteBuffer received = ByteBuffer.allocate(data.capacity());
        assertThat(server.recv(received, MessageFlags.MSG_WAITALL)).isEqualTo(data.capacity());
        assertThat(sent.get()).isEqualTo(data.capacity());
        assertThat(received.flip()).isEqualTo(data);
        final ErrorReport report = completion();
        assertThat(report.origin()).isEqualTo(ErrorReport.ZERO_COPY);
        assertThat(report.code()).as("not copied").isZero();
        assertThat(report.info()).isZero();
        assertThat(report.data()).isZero();
    }

    @Test
    void otherMemoryIsCopiedAndThatIsSaid() throws Exception {
        final ByteBuffer data = pattern(ByteBuffer.allocate(50_000));
        final FutureTask<Integer> sent = start(() -> client.send(data.duplicate(), ZEROCOPY));
        final ByteBuffer received = ByteBuffer.allocate(data.capacity());
        assertThat(server.recv(received, MessageFlags.MSG_WAITALL)).isEqualTo(data.capacity());
        assertThat(sent.get()).isEqualTo(data.capacity());
        assertThat(received.flip()).isEqualTo(data);
        assertThat(completion().code()).isEqualTo(ErrorReport.COPIED);
    }

    @Test
    void withoutTheOptionTheFlagMeansNothing() {
        assertThat(client.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_ZEROCOPY, 0))
                .isZero();
        assertThat(client.send(ByteBuffer.allocateDirect(10), ZEROCOPY)).isEqualTo(10);
        assertThat(server.recv(ByteBuffer.allocate(10), MessageFlags.MSG_WAITALL))
                .isEqualTo(10);
        assertThat(client.recvMessage(NOWHERE, MessageFlags.MSG_ERRQUEUE, new ReceivedMessage()))
                .isEqualTo(EAGAIN);
    }
}
