"""What won deals earn: each month the approved lines go on a statement per partner, and into one payout run."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from portal.activity.chain import canonical
from portal.agreements.plans import Trigger
from portal.auth.rules import Role
from portal.documents.rules import DocumentKind
from portal.events import Audience
from portal.fees.engine import Inputs, compute, trace_to_data
from portal.fees.rules import LineState
from portal.ledger.rules import AccountKind
from portal.money import Money
from portal.payouts.rules import RunState, StatementState
from portal.seeds.scale.bulk import Bulk
from portal.seeds.scale.ledger import Ledger
from portal.seeds.scale.outbox import ask_for
from portal.seeds.scale.partners import Party
from portal.seeds.scale.record import DAY, Fact, Record
from portal.seeds.scale.working_time import WorkingTime
from portal.seeds.scale.world import World

_STATEMENTS_FROM = 2
"""Day of the month from which on statements are issued; the run is built and released on the next working days."""


@dataclass(frozen=True, slots=True)
class Won:
    deal_id: int
    ref: str
    party: Party
    owner: int
    value_minor: int
    won_on: str


@dataclass(slots=True)
class Line:
    id: int
    ref: str
    won: Won
    rule: str
    cause: str
    minor: int
    inputs: str
    trace: str
    booked: int
    state: LineState = LineState.ACCRUED
    approved: int | None = None
    statement_id: int | None = None
    pay_on: str | None = None
    paid: int | None = None


@dataclass(slots=True)
class Run:
    id: int
    ref: str
    lines: list[Line]
    built: int
    state: RunState = RunState.DRAFT
    released: int | None = None
    paid: int | None = None


class Earnings:
    def __init__(self, bulk: Bulk, record: Record, time: WorkingTime, world: World) -> None:
        self._bulk, self._record, self._time, self._terms = bulk, record, time, world.terms
        self._ledger = Ledger(bulk, time)
        self._fee_plan_id, self._currency = world.agreement.fee_plan_id, world.terms.currency
        self._refs = {
            table: bulk.refs(table, letter)
            for table, letter in {"fee_lines": "F", "statements": "S", "payout_runs": "PR"}.items()
        }
        self._maker, self._approver = world.staff[Role.FINANCE_MAKER][0], world.staff[Role.FINANCE_APPROVER][0]
        self._approved: defaultdict[int, list[Line]] = defaultdict(list)
        self._unpaid: dict[int, Line] = {}
        self._runs: dict[int, Run] = {}
        self._years: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])

    def plan_months(self, since: datetime, now: datetime) -> None:
        """Statements, payout run, release and payment of every month."""
        month = since.date().replace(day=1)
        while month <= now.date():
            pay_on = month.replace(day=self._terms.payment_day)
            issued = self._time.after(_midnight(month.replace(day=_STATEMENTS_FROM)))
            self._record.put(issued, lambda at, pay_on=pay_on: self._state(at, pay_on.isoformat()))  # type: ignore[misc]
            run: list[Run] = []
            self._record.put(issued + DAY, lambda at, run=run: self._build(at, run))  # type: ignore[misc]
            self._record.put(issued + 2 * DAY, lambda at, run=run: self._release(at, run))  # type: ignore[misc]
            paid = max(issued + 3 * DAY, self._time.after(_midnight(pay_on)))
            self._record.put(paid, lambda at, run=run: self._pay(at, run))  # type: ignore[misc]
            month = (month.replace(day=28) + (date(2024, 1, 5) - date(2024, 1, 1))).replace(day=1)

    def book(self, at: int, won: Won) -> None:
        inputs = Inputs(
            event=Trigger.WON,
            deal_ref=won.ref,
            deal_value=Money(won.value_minor, self._currency),
            is_first_deal=True,
            won_on=date.fromisoformat(won.won_on),
        )
        for computed in compute(self._terms.plan, inputs).lines:
            line = Line(
                id=self._bulk.new_id("fee_lines"),
                ref=self._refs["fee_lines"].new(),
                won=won,
                rule=computed.rule.name,
                cause=computed.cause,
                minor=computed.amount.minor,
                inputs=json.dumps(inputs.to_data()),
                trace=json.dumps(trace_to_data(computed.trace)),
                booked=at,
            )
            self._unpaid[line.id] = line
            self._move_money("accrue", line, at, AccountKind.FEES, AccountKind.PAYABLE)
            self._years[won.party.id, self._year(at)][0] += line.minor
            self._tell(at, "FeeBooked", won.owner, line)
            self._record.put(at + DAY + line.id % 7_200, lambda then, line=line: self._approve(then, line))  # type: ignore[misc]

    def finish(self) -> None:
        """What is not paid yet, and the sums."""
        for run in self._runs.values():
            self._write_run(run)
        for line in self._unpaid.values():
            self._write_line(line)
        for run in self._runs.values():
            self._pin(run)
        self._ledger.finish()
        years = [(*key, self._currency, earned, paid) for key, (earned, paid) in self._years.items()]
        self._bulk.change(
            "INSERT INTO fee_years (partner_id, year, currency, earned_minor, paid_minor) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (partner_id, year, currency) DO UPDATE SET"
            " earned_minor = fee_years.earned_minor + excluded.earned_minor,"
            " paid_minor = fee_years.paid_minor + excluded.paid_minor",
            years,
        )

    def _approve(self, at: int, line: Line) -> None:
        line.state, line.approved = LineState.APPROVED, at
        self._tell(at, "FeeApproved", self._maker, line)
        if line.won.party.payout_details_id is not None:
            self._approved[line.won.party.id].append(line)

    def _state(self, at: int, pay_on: str) -> None:
        for lines in self._approved.values():
            party, total = lines[0].won.party, sum(line.minor for line in lines)
            statement_id, ref = self._bulk.new_id("statements"), self._refs["statements"].new()
            self._bulk.add(
                "statements",
                id=statement_id,
                ref=ref,
                partner_id=party.id,
                state=StatementState.ISSUED.value,
                total_minor=total,
                currency=self._currency,
                line_count=len(lines),
                pay_on=pay_on,
                issued_at=self._stored(at),
                issued_by_id=self._maker,
                chain_seq=party.chain_seq,
                chain_head=party.chain_head,
                version=1,
            )
            text, issued = "\n".join(line.ref for line in lines), self._time.stored(self._time.epoch(at))
            title = f"Statement {ref}"
            ask_for(self._bulk, DocumentKind.STATEMENT, ref, partner_id=party.id, title=title, text=text, at=issued)
            told = {"statement_id": statement_id, "total_minor": total, "currency": self._currency}
            told |= {"line_count": len(lines), "pay_on": pay_on}
            self._record.tell(at, Fact("StatementIssued", self._maker, party.id, ref, canonical(told)))
            for line in lines:
                line.state, line.statement_id, line.pay_on = LineState.PAYABLE, statement_id, pay_on
                self._tell(at, "FeePayable", self._maker, line, statement_ref=ref, pay_on=pay_on)
        self._approved.clear()

    def _build(self, at: int, made: list[Run]) -> None:
        lines = [line for line in self._unpaid.values() if line.state is LineState.PAYABLE]
        if not lines:
            return
        run = Run(self._bulk.new_id("payout_runs"), self._refs["payout_runs"].new(), lines, at)
        made.append(run)
        self._runs[run.id] = run
        self._tell_of_run(at, "PayoutRunBuilt", self._maker, run)
        for line in lines:
            line.state = LineState.SCHEDULED
            self._tell(at, "FeeScheduled", self._maker, line, Audience.STAFF, run_ref=run.ref)

    def _release(self, at: int, made: list[Run]) -> None:
        for run in made:
            run.state, run.released = RunState.RELEASED, at
            self._tell_of_run(at, "PayoutRunReleased", self._approver, run)

    def _pay(self, at: int, made: list[Run]) -> None:
        for run in made:
            run.state, run.paid = RunState.PAID, at
            self._tell_of_run(at, "PayoutRunPaid", self._approver, run)
            self._write_run(self._runs.pop(run.id))
            for line in run.lines:
                line.state, line.paid = LineState.PAID, at
                self._move_money("pay", line, at, AccountKind.PAYABLE, AccountKind.CASH)
                self._years[line.won.party.id, self._year(at)][1] += line.minor
                self._tell(at, "FeePaid", self._approver, line, run_ref=run.ref)
                self._write_line(self._unpaid.pop(line.id))
            self._pin(run)

    def _move_money(self, cause: str, line: Line, at: int, debit: AccountKind, credit: AccountKind) -> None:
        self._ledger.transfer(cause, line.ref, line.won.party, line.minor, self._currency, at, sides=(debit, credit))

    def _write_line(self, line: Line) -> None:
        won, plan = line.won, self._fee_plan_id
        steps = (line.approved, line.statement_id, line.paid, line.paid)
        self._bulk.add(
            "fee_lines",
            id=line.id,
            ref=line.ref,
            partner_id=won.party.id,
            deal_id=won.deal_id,
            agreement_id=won.party.agreement_id,
            fee_plan_id=plan,
            rule=line.rule,
            cause=line.cause,
            amount_minor=line.minor,
            currency=self._currency,
            inputs=line.inputs,
            trace=line.trace,
            booked_at=self._stored(line.booked),
            state=line.state.value,
            approved_by_id=self._maker if line.approved is not None else None,
            approved_at=self._stored(line.approved),
            statement_id=line.statement_id,
            pay_on=line.pay_on,
            paid_by_id=self._approver if line.paid is not None else None,
            paid_at=self._stored(line.paid),
            version=5 - steps.count(None),
        )

    def _write_run(self, run: Run) -> None:
        self._bulk.add(
            "payout_runs",
            id=run.id,
            ref=run.ref,
            state=run.state.value,
            currency=self._currency,
            total_minor=sum(line.minor for line in run.lines),
            line_count=len(run.lines),
            built_by_id=self._maker,
            built_at=self._stored(run.built),
            released_by_id=self._approver if run.released is not None else None,
            released_at=self._stored(run.released),
            paid_by_id=self._approver if run.paid is not None else None,
            paid_at=self._stored(run.paid),
            version=3 - (run.released, run.paid).count(None),
        )

    def _pin(self, run: Run) -> None:
        for line in run.lines:
            self._bulk.add(
                "payout_lines",
                run_id=run.id,
                partner_id=line.won.party.id,
                fee_line_id=line.id,
                amount_minor=line.minor,
                currency=self._currency,
                payout_details_id=line.won.party.payout_details_id,
                is_live=True,
            )

    def _tell(
        self, at: int, kind: str, by_id: int, line: Line, audience: Audience = Audience.PARTNER, **more: Any
    ) -> None:
        told = {"line_id": line.id, "deal_id": line.won.deal_id, "amount_minor": line.minor, "currency": self._currency}
        self._record.tell(at, Fact(kind, by_id, line.won.party.id, line.ref, canonical(told | more), audience))

    def _tell_of_run(self, at: int, kind: str, by_id: int, run: Run) -> None:
        total = sum(line.minor for line in run.lines)
        told = {"run_id": run.id, "total_minor": total, "currency": self._currency, "line_count": len(run.lines)}
        self._record.tell(at, Fact(kind, by_id, None, run.ref, canonical(told), Audience.STAFF))

    def _stored(self, at: int | None) -> str | None:
        return None if at is None else self._time.stored(self._time.epoch(at))

    def _year(self, at: int) -> int:
        return int(self._time.day(self._time.epoch(at))[:4])


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), UTC)
