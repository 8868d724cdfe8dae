package io.tapstack.examples;

import io.tapstack.link.Impairment;
import io.tapstack.network.Host;
import io.tapstack.network.MemoryNetwork;
import io.tapstack.socket.TapDatagramSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/** A protocol over UDP: numbered questions, asked again until an answer comes, over a network that loses a third. */
public final class QuestionsOverUdp {

    public static void main(final String[] args) throws Exception {
        final Impairment bad = Impairment.NONE.withDelay(10_000_000).withLoss(0.3);
        try (MemoryNetwork network = MemoryNetwork.builder()
                        .virtualTime()
                        .seed(3)
                        .impairment(bad)
                        .build();
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapDatagramSocket service = server.datagrams(1234);
                TapDatagramSocket questions = client.datagrams()) {
            network.start("service", () -> answer(service));
            questions.connect(new InetSocketAddress(server.address(), 1234));
            for (int number = 1; number <= 3; number++) {
                System.out.println(number + " squared is " + ask(questions, number));
            }
        }
    }

    // tag::protocol[]
    /** Answers each question, a number, with the number and its square; asked twice it answers twice. */
    static void answer(final TapDatagramSocket socket) throws IOException {
        final ByteBuffer message = ByteBuffer.allocate(8);
        while (true) {
            final InetSocketAddress asker = socket.receive(message.clear());
            final int number = message.getInt(0);
            socket.send(message.clear().putInt(number).putInt(number * number).flip(), asker);
        }
    }

    /** Asks again after half a second, and each time after twice as long, until the answer comes. */
    static int ask(final TapDatagramSocket socket, final int number) throws IOException {
        final ByteBuffer message = ByteBuffer.allocate(8);
        for (int timeoutMillis = 500; timeoutMillis <= 60_000; timeoutMillis *= 2) {
            socket.send(message.clear().putInt(number).flip(), null);
            socket.soTimeout(timeoutMillis);
            try {
                do {
                    socket.receive(message.clear());
                } while (message.getInt(0) != number); // The answer to an older question.
                return message.getInt(4);
            } catch (final SocketTimeoutException e) {
                // Either direction may have lost it: ask again.
            }
        }
        throw new SocketTimeoutException("no answer");
    }
    // end::protocol[]
}
