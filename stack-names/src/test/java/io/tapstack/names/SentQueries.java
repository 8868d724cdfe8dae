package io.tapstack.names;

import io.tapstack.wire.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** Exchanges that send nothing: a test answers in the place of the servers. */
final class SentQueries implements Exchanges {

    /** All that were sent, also those that have ended. */
    final List<Sent> all = new ArrayList<>();

    /** One query. */
    static final class Sent implements Exchange {

        final Endpoint server;
        final boolean overTcp;
        final byte[] query;
        final Receiver receiver;
        boolean closed;

        Sent(final Endpoint server, final boolean overTcp, final byte[] query, final Receiver receiver) {
            this.server = server;
            this.overTcp = overTcp;
            this.query = query;
            this.receiver = receiver;
        }

        Message message() {
            return Zone.parse(query);
        }

        void answer(final Message answer, final long now) {
            if (!closed) {
                receiver.received(answer.toWire(), now);
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        /** Such as {@code 10.0.0.1:53 A www.example.com.}, behind TCP if so. */
        @Override
        public String toString() {
            return (overTcp ? "TCP " : "") + server + " "
                    + Type.string(message().getQuestion().getType()) + " "
                    + message().getQuestion().getName();
        }
    }

    @Override
    public Exchange send(final Endpoint server, final boolean overTcp, final byte[] query, final Receiver receiver) {
        final Sent sent = new Sent(server, overTcp, query, receiver);
        all.add(sent);
        return sent;
    }

    Sent last() {
        return all.get(all.size() - 1);
    }

    /** Those that wait for an answer. */
    List<Sent> open() {
        return all.stream().filter(each -> !each.closed).toList();
    }

    /** Answers all open ones, and those that are sent thereupon. */
    void answerAll(final Zone zone, final long now) {
        for (List<Sent> open = open(); !open.isEmpty(); open = open()) {
            open.get(0).answer(zone.answer(open.get(0).query), now);
        }
    }
}
