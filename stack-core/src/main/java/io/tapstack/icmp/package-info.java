/** The parts of ICMP that are the same for both IP versions: the rate limits of errors. */
@NullMarked
package io.tapstack.icmp;

import org.jspecify.annotations.NullMarked;
