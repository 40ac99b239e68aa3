-- The same figures by month: a year's are read from a few rows of each agency, however many years there are (N9).
CREATE TABLE assessment_month (
    agency TEXT NOT NULL,
    month TEXT NOT NULL,                  -- 2026-03
    procedure_code TEXT NOT NULL,
    stage TEXT NOT NULL,
    n1 INTEGER NOT NULL,
    n2 INTEGER NOT NULL,
    n3 INTEGER NOT NULL,
    n4 INTEGER NOT NULL,
    n5 INTEGER NOT NULL,
    PRIMARY KEY (agency, month, procedure_code, stage)
) STRICT;
CREATE INDEX assessment_month_month ON assessment_month (month);

INSERT INTO assessment_month (agency, month, procedure_code, stage, n1, n2, n3, n4, n5)
SELECT agency, substr(day, 1, 7), procedure_code, stage, SUM(n1), SUM(n2), SUM(n3), SUM(n4), SUM(n5)
FROM assessment_day GROUP BY agency, substr(day, 1, 7), procedure_code, stage;
