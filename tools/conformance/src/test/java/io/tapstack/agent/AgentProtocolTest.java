package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.agent.AgentClient.Answer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The wire format, and the agent's reaction to a client that breaks it. */
@Timeout(60)
class AgentProtocolTest {

    private AgentFixture agent;
    private AgentClient client;

    @BeforeEach
    void start() throws IOException {
        agent = new AgentFixture(true);
        client = agent.connect();
    }

    @AfterEach
    void stop() throws IOException {
        // Whatever one client does, others are served.
        assertThat(agent.connect().now()).isNotNegative();
        agent.close();
    }

    @Test
    void unknownOperations() throws IOException {
        for (final int op : new int[] {0, 27, 99, 255}) {
            client.call(op).fails(AgentClient.ENOSYS);
        }
        assertThat(client.socket(AgentClient.STREAM)).isEqualTo(3);
    }

    @Test
    void aRequestThatIsTooLongEndsTheConnection() throws IOException {
        client.write(ByteBuffer.allocate(4).putInt(0xFFFF_FFFF).flip());
        client.answer().fails(AgentClient.EMSGSIZE);
        assertThatThrownBy(client::answer).isInstanceOf(EOFException.class);
    }

    @Test
    void aRequestThatIsTooShortIsAnswered() throws IOException {
        client.write(ByteBuffer.allocate(4 + 5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(5)
                .putInt(0)
                .put((byte) 0)
                .flip());
        client.answer().fails(AgentClient.EINVAL);
        client.write(ByteBuffer.allocate(4)); // a length of 0
        client.answer().fails(AgentClient.EINVAL);
        assertThat(client.socket(AgentClient.STREAM)).isEqualTo(3);
    }

    @Test
    void aBlobOfAnotherLengthThanAnnounced() throws IOException {
        final ByteBuffer request = AgentClient.request(8, 3, 0, 0, 0, new byte[10]);
        request.putInt(37, 11);
        client.write(request);
        client.answer().fails(AgentClient.EINVAL);
        assertThat(client.socket(AgentClient.STREAM)).isEqualTo(3);
    }

    @Test
    void halfARequestAndThenTheEnd() throws IOException {
        client.write(AgentClient.request(8, 3, 0, 0, 0, new byte[10]).limit(20));
        client.close();
        final AgentClient next = agent.connect();
        next.write(ByteBuffer.allocate(2));
        next.close();
    }

    @Test
    void anAnswerAlsoForWhoMakesNoMoreRequests() throws IOException {
        client.write(AgentClient.request(2, 2, 1, 0, 0));
        client.endRequests();
        assertThat(client.answer().fd()).isEqualTo(3);
        assertThatThrownBy(client::answer).isInstanceOf(EOFException.class);
    }

    @Test
    void arguments() throws IOException {
        final int fd = client.socket(AgentClient.STREAM);
        client.call(3, fd, 0, 0, 0, new byte[5]).fails(AgentClient.EINVAL);
        client.call(6, fd, 0, 0, 0, new byte[0]).fails(AgentClient.EINVAL);
        client.call(7, fd, -1).fails(AgentClient.EINVAL);
        client.call(8, fd, 4, 0, 0, new byte[3]).fails(AgentClient.EINVAL);
        client.call(8, fd, 1, 0, 5, new byte[6]).fails(AgentClient.EINVAL);
        client.call(14, 2, 0, 0, 0, new byte[8]).fails(AgentClient.EINVAL);
        client.call(15).fails(AgentClient.EINVAL);
        client.call(15, 0, 0, 0, 0, new byte[65_536]).fails(AgentClient.EMSGSIZE);
        client.call(17, -1).fails(AgentClient.EINVAL);
        client.call(23, fd, 2).fails(AgentClient.EINVAL);
        for (final int op : new int[] {3, 6}) {
            client.call(op, 77, 0, 0, 0, AgentClient.address("10.0.0.1", 80)).fails(AgentClient.EBADF);
        }
        for (final int op : new int[] {4, 5, 7, 8, 9, 10, 11, 13, 19, 23}) {
            client.call(op, 77).fails(AgentClient.EBADF);
            client.call(op, Long.MAX_VALUE).fails(AgentClient.EBADF);
        }
        final int epoll = client.call(20).fd();
        for (final int op : new int[] {4, 5, 7, 8, 10, 11, 23}) {
            client.call(op, epoll).fails(AgentClient.ENOTSOCK);
        }
        client.call(19, epoll).fails(AgentClient.EINVAL);
    }

    /** RFC 1122 and all others: malformed packets are dropped. */
    @Test
    void packetsOfNonsense() throws IOException {
        final Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            final byte[] packet = new byte[1 + random.nextInt(100)];
            random.nextBytes(packet);
            packet[0] = i % 2 == 0 ? 0x45 : packet[0];
            client.packetIn(packet);
        }
        client.packetOut().fails(AgentClient.ETIME);
    }

    @Test
    void requestsOfNonsense() throws IOException {
        final Random random = new Random(11);
        for (int i = 0; i < 3_000; i++) {
            final int op = 2 + random.nextInt(23);
            final byte[] blob = new byte[random.nextInt(20)];
            random.nextBytes(blob);
            final boolean waits = op == 5 || op == 6 || op == 7 || op == 14 || op == 22 || op == 17;
            final long c = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(30);
            // Calls that would wait for ever are given an end.
            final Answer answer =
                    switch (waits ? op : 0) {
                        case 7 -> client.call(op, number(random), number(random), c | 0x40, number(random), blob);
                        case 14, 17 -> client.call(op, random.nextInt(3), 0, 0, 0, blob);
                        case 22 -> client.call(op, number(random), number(random), 0, 0, blob);
                        case 0 -> client.call(op, number(random), number(random), c, number(random), blob);
                        default -> client.call(99);
                    };
            assertThat(answer.errno()).as("op %d", op).isNotEqualTo(5);
        }
    }

    private static long number(final Random random) {
        return random.nextInt(5) == 0 ? random.nextLong() : random.nextInt(12) - 1;
    }
}
