package io.tapstack.multicast;

import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides records among reports that fit the link (RFC 3376 4.2.16, RFC 3810 5.2.15). A record that is too long for one
 * report is divided too, or its sources are cut off if the router then forwards more and not less.
 */
final class ReportPacker {

    private static final int RECORD_HEADER = 4;

    private final int addressLength;

    /** @param addressLength bytes of an address: 4 or 16 */
    ReportPacker(final int addressLength) {
        this.addressLength = addressLength;
    }

    /** Bytes of a record in a report. */
    int length(final GroupRecord record) {
        return RECORD_HEADER + addressLength * (1 + record.sources().size());
    }

    /**
     * The records of each report.
     *
     * @param room bytes for the records of one report; enough for one source at least
     */
    List<List<GroupRecord>> pack(final List<GroupRecord> records, final int room) {
        final int mostSources = (room - RECORD_HEADER) / addressLength - 1;
        final List<List<GroupRecord>> reports = new ArrayList<>();
        List<GroupRecord> report = new ArrayList<>();
        int left = room;
        for (final GroupRecord record : records) {
            for (final GroupRecord part : divide(record, mostSources)) {
                if (length(part) > left) {
                    reports.add(report);
                    report = new ArrayList<>();
                    left = room;
                }
                report.add(part);
                left -= length(part);
            }
        }
        reports.add(report);
        return reports;
    }

    private static List<GroupRecord> divide(final GroupRecord record, final int mostSources) {
        final List<IpAddress> sources = record.sources();
        if (sources.size() <= mostSources) {
            return List.of(record);
        }
        final List<GroupRecord> parts = new ArrayList<>();
        for (int from = 0; from < sources.size(); from += mostSources) {
            final List<IpAddress> part = sources.subList(from, Math.min(sources.size(), from + mostSources));
            parts.add(new GroupRecord(record.type(), record.group(), part));
            if (record.type().mayBeCut()) {
                break;
            }
        }
        return parts;
    }
}
