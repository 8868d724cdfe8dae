/** Bulk transfers over bad links in virtual time: rate, fairness and cost, compared with stored results and theory. */
@NullMarked
package io.tapstack.simulation.grid;

import org.jspecify.annotations.NullMarked;
