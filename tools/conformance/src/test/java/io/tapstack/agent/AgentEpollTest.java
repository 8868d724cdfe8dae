package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.agent.AgentClient.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** epoll(7): level and edge, one shot, and its end. */
@Timeout(60)
class AgentEpollTest {

    private static final int ADD = 1;
    private static final int DEL = 2;
    private static final int MOD = 3;
    private static final int IN = 1;
    private static final int OUT = 4;
    private static final int ET = 1 << 31;
    private static final int ONESHOT = 1 << 30;

    private AgentFixture agent;
    private AgentClient client;
    private int epoll;
    private int active;
    private int passive;

    @BeforeEach
    void start() throws IOException {
        agent = new AgentFixture(true);
        client = agent.connect();
        final int listener = client.listener(80);
        active = client.socket(AgentClient.STREAM);
        client.connect(active, "127.0.0.1", 80).succeeds();
        passive = client.call(5, listener, 0).fd();
        client.setOption(active, AgentClient.IPPROTO_TCP, 1, 1).succeeds(); // TCP_NODELAY
        epoll = client.call(20).fd();
    }

    @AfterEach
    void stop() throws IOException {
        agent.close();
    }

    private Answer control(final int operation, final int fd, final int events, final long data) throws IOException {
        final ByteBuffer event = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        return client.call(
                21, epoll, operation, fd, 0, event.putInt(events).putLong(data).array());
    }

    /** @return the present events, as "events:data" */
    private String events(final int timeoutMillis) throws IOException {
        final Answer answer = client.call(22, epoll, 10, timeoutMillis).succeeds();
        final ByteBuffer found = answer.bytes();
        assertThat(found.remaining()).isEqualTo(12 * (int) answer.rc());
        final StringBuilder text = new StringBuilder();
        while (found.hasRemaining()) {
            text.append(text.length() == 0 ? "" : " ").append(Integer.toHexString(found.getInt()));
            text.append(':').append(found.getLong());
        }
        return text.toString();
    }

    @Test
    void levelTriggered() throws IOException {
        control(ADD, passive, IN, -7).succeeds();
        assertThat(events(0)).isEmpty();
        client.send(active, "abc");
        assertThat(events(-1)).isEqualTo("1:-7");
        assertThat(events(0)).isEqualTo("1:-7");
        client.recv(passive, 2, 0);
        assertThat(events(0)).isEqualTo("1:-7");
        client.recv(passive, 2, 0);
        assertThat(events(0)).isEmpty();
    }

    @Test
    void edgeTriggered() throws IOException {
        client.send(active, "a");
        control(ADD, passive, IN | ET, 1).succeeds();
        assertThat(events(0)).isEqualTo("1:1");
        assertThat(events(0)).as("it was told").isEmpty();
        client.send(active, "b");
        assertThat(events(0)).as("more has come").isEqualTo("1:1");
        assertThat(events(0)).isEmpty();
        // Room to write is no event for readers.
        client.send(passive, "x");
        client.recv(active, 1, 0);
        client.advance(100_000);
        assertThat(events(0)).isEmpty();
        client.recv(passive, 9, 0);
        client.send(active, "c");
        client.recv(passive, 9, 0);
        assertThat(events(0)).as("it was read already").isEmpty();
        control(MOD, passive, OUT | ET, 2).succeeds();
        assertThat(events(0)).isEqualTo("4:2");
        assertThat(events(0)).isEmpty();
    }

    @Test
    void oneShot() throws IOException {
        control(ADD, passive, IN | ONESHOT, 1).succeeds();
        client.send(active, "a");
        assertThat(events(0)).isEqualTo("1:1");
        client.send(active, "b");
        assertThat(events(0)).isEmpty();
        control(MOD, passive, IN | ONESHOT, 2).succeeds();
        assertThat(events(0)).isEqualTo("1:2");
        assertThat(events(0)).isEmpty();
    }

    @Test
    void readyOnesTakeTurns() throws IOException {
        control(ADD, passive, OUT, 1).succeeds();
        control(ADD, active, OUT, 2).succeeds();
        final String[] seen = new String[3];
        for (int i = 0; i < seen.length; i++) {
            final ByteBuffer one = client.call(22, epoll, 1, 0).succeeds().bytes();
            seen[i] = Long.toString(one.getLong(4));
        }
        assertThat(seen).containsExactly("1", "2", "1");
    }

    @Test
    void errors() throws IOException {
        control(ADD, passive, IN, 1).succeeds();
        control(ADD, passive, IN, 1).fails(17); // EEXIST
        control(MOD, active, IN, 1).fails(2); // ENOENT
        control(DEL, active, IN, 1).fails(2);
        control(ADD, 99, IN, 1).fails(AgentClient.EBADF);
        control(9, passive, IN, 1).fails(AgentClient.EINVAL);
        control(ADD, epoll, IN, 1).fails(AgentClient.EINVAL);
        client.call(21, active, ADD, passive, 0, new byte[12]).fails(AgentClient.EINVAL);
        client.call(21, epoll, ADD, active, 0, new byte[11]).fails(AgentClient.EINVAL);
        client.call(22, epoll, 0, 0).fails(AgentClient.EINVAL);
        client.call(22, passive, 1, 0).fails(AgentClient.EINVAL);
        client.call(21, epoll, DEL, passive, 0).succeeds();
        client.send(active, "a");
        assertThat(events(0)).isEmpty();
    }

    @Test
    void whatIsClosedIsWatchedNoMore() throws IOException {
        control(ADD, passive, OUT, 1).succeeds();
        client.closeFd(passive).succeeds();
        assertThat(events(0)).isEmpty();
        final int next = client.socket(AgentClient.DGRAM);
        assertThat(next).isEqualTo(passive);
        control(ADD, next, OUT, 2).succeeds();
        assertThat(events(0)).isEqualTo("4:2");
    }

    @Test
    void aWaitEndsWhenSomethingCame() throws Exception {
        control(ADD, passive, IN, 5).succeeds();
        final AgentClient other = agent.connect();
        final FutureTask<Answer> waiting = AgentFixture.concurrently(() -> other.call(22, epoll, 4, -1));
        client.send(active, "a");
        assertThat(waiting.get().rc()).isEqualTo(1);
        client.recv(passive, 1, 0);
        other.now();
        final FutureTask<Answer> timing = AgentFixture.concurrently(() -> other.call(22, epoll, 4, 70));
        final long start = client.now();
        Thread.sleep(500); // It makes its call before time moves.
        client.advance(1_000_000);
        assertThat(timing.get().rc()).isZero();
        assertThat(other.now()).isGreaterThanOrEqualTo(start + 70_000);
    }
}
